package plan

import (
	"strings"
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// slot is where a cluster keeps a key that has no tag in braces: CRC-16/XMODEM
// of its name, of 16,384.
func slot(key string) int {
	var crc uint16
	for _, b := range []byte(key) {
		crc ^= uint16(b) << 8
		for range 8 {
			high := crc & 0x8000
			crc <<= 1
			if high != 0 {
				crc ^= 0x1021
			}
		}
	}
	return int(crc % 16384)
}

// The keys of every scenario spread over a cluster: each 16th of the slots has
// its share, and no two of three masters differ much.
func TestKeysSpreadOverACluster(t *testing.T) {
	if slot("123456789") != 0x31C3 {
		t.Fatal("this is not the sum that Redis uses")
	}
	const keys, parts = 20_000, 16
	for _, s := range scenarios.All() {
		prefix := s.Prefix("k2v7qd3a", scenarios.Load{DataSize: 16})
		if strings.ContainsAny(prefix, "{}") {
			t.Errorf("%s: %q has a tag: its keys stay in one slot", s.Name, prefix)
		}
		var shares [parts]int
		names := gen.NewKeys(prefix, keys)
		for i := range keys {
			shares[slot(names.At(i))*parts/16384]++
		}
		for part, n := range shares {
			if even := keys / parts; n < even*8/10 || n > even*12/10 {
				t.Errorf("%s: part %d of the slots has %d of %d keys, want about %d", s.Name, part, n, keys, even)
			}
		}
	}
}

// A scenario that counts has a key for each worker, which begins at 0.
func TestCounters(t *testing.T) {
	s := counting(t)
	var points []results.Point
	for _, workers := range []int{1, 8, 3} {
		points = append(points, results.Point{Scenario: s.Name, Load: results.Load{Workers: workers}})
	}
	sets := datasets(append(points, results.Point{Scenario: "sync", Load: results.Load{Workers: 1, DataSize: 16, Keyspace: 10}}))
	if len(sets) != 2 {
		t.Fatalf("%d sets: %+v", len(sets), sets)
	}
	d := sets[1]
	if d.Prefix("ab") != "respbench:ab:counter:" || d.Count != 8 || d.Value != "0" || d.DataSize != 1 || d.Bytes != 8*(20+KeyOverhead) {
		t.Errorf("%s: %+v", d.Prefix("ab"), d)
	}
	if sets[0].Value != "" {
		t.Errorf("other keys begin at %q", sets[0].Value)
	}
}

func counting(t *testing.T) scenarios.Scenario {
	t.Helper()
	for _, s := range scenarios.All() {
		if s.Counts {
			return s
		}
	}
	t.Fatal("no scenario counts")
	return scenarios.Scenario{}
}

// Counting needs neither values nor a keyspace, however many workers.
func TestCounterIsPlanned(t *testing.T) {
	o := options()
	o.Scenarios, o.Clients, o.Workers = []string{counting(t).Name}, []string{"raw"}, []int{1, 300}
	counts := libraries()
	counts[0].Variants[0].Has = clients.Capabilities{Count: true}
	p, err := Make(o, counts)
	if err != nil {
		t.Fatal(err)
	}
	if keys, bytes := p.Keys(); keys != 300 || bytes != 300*(20+KeyOverhead) {
		t.Errorf("%d keys, %d bytes", keys, bytes)
	}
}
