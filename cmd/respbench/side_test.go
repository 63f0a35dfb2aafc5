package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/pflag"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/results"
)

// undecided are options of a side that decide nothing about a cell: how the
// server is reached, and what is only shown.
var undecided = []string{"user", "password-file", "tls", "cacert", "cert", "key", "sni", "insecure"}

// Whatever the sides may differ in must be left out of the key of their cells.
func TestSideOptions(t *testing.T) {
	t.Parallel()
	s, err := newSide("base", "", pflag.NewFlagSet("", pflag.ContinueOnError))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range s.names() {
		decides := len(results.Decided(name)) > 0
		if decides == slices.Contains(undecided, name) && name != "tls" {
			t.Errorf("--%s: decides fields of a cell: %v, listed as undecided: %v", name, decides, !decides)
		}
	}
}

func TestSideTakesOver(t *testing.T) {
	t.Parallel()
	o := &abOptions{}
	common := pflag.NewFlagSet("ab", pflag.ContinueOnError)
	o.addPair(common)
	if err := common.Parse([]string{"-c", "raw,goredis", "--timeout", "3s", "-w", "1,2", "-n", "5"}); err != nil {
		t.Fatal(err)
	}
	s, err := newSide("new", "clients=rueidis:*,redigo; workers=7", common)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Clients, []string{"rueidis:*", "redigo"}) || !slices.Equal(s.Workers, []int{7}) || s.Timeout.String() != "3s" || s.Ops != 5 {
		t.Errorf("%+v", s.Options)
	}
	base, err := newSide("base", "timeout=3s", common)
	if err != nil {
		t.Fatal(err)
	}
	if got := differ(base, s); !slices.Equal(got, []string{"clients", "workers"}) {
		t.Errorf("differ in %v", got)
	}
}

// What is handed from flag to flag stays what it was.
func TestCopyFlagIsExact(t *testing.T) {
	t.Parallel()
	var from, to abOptions
	a, b := pflag.NewFlagSet("", pflag.ContinueOnError), pflag.NewFlagSet("", pflag.ContinueOnError)
	from.addWhat(a)
	to.addWhat(b)
	for name, text := range map[string]string{
		"hit-ratio": "0.9999999,1e-9", "rate": "0.1234567", "batch-delay": "1ns,1h0m0.000000001s", "mix": "get:95,set:5", "command": "GET {key}",
	} {
		if err := a.Set(name, text); err != nil {
			t.Fatal(err)
		}
		if err := copyFlag(b.Lookup(name), a.Lookup(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if d := cmp.Diff(from.Options, to.Options, cmpopts.IgnoreUnexported(plan.Options{})); d != "" || len(to.HitRatio) != 2 || to.HitRatio[0] != 0.9999999 {
		t.Errorf("%v: %s", to.HitRatio, d)
	}
}
