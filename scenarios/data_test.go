package scenarios

import (
	"context"
	"errors"
	"strings"
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/gen"
)

// replying sessions answer every GET with the same value.
type replying struct {
	forgetfulSession
	reply string
}

func (r replying) Get(_ context.Context, _ string, into *clients.Reply) error {
	if r.reply == "" {
		into.Miss()
	} else {
		into.String(r.reply)
	}
	return nil
}

// An older value of the key itself is told from what was never written to it.
func TestStaleReplies(t *testing.T) {
	s, err := Named("sync")
	if err != nil {
		t.Fatal(err)
	}
	values, longer := gen.NewValues(dataSeed, size), gen.NewValues(dataSeed, 100)
	const trial, earlier, key = 9, 77, 0 // the first step is on key 0
	for name, test := range map[string]struct {
		reply string
		stale bool
	}{
		"an earlier pass":               {values.Trial(trial).Written(key, 15), true},
		"an earlier trial":              {values.Trial(earlier).Written(key, 4), true},
		"an earlier trial's other size": {longer.Trial(earlier).Written(key, 4), true},
		"the loader":                    {values.Loaded(key), true},
		"the loader's other size":       {longer.Loaded(key), true},
		"another key":                   {values.Trial(trial).Written(key+1, 0), false},
		"another key's loaded value":    {values.Loaded(key + 1), false},
		"an unknown trial":              {values.Trial(4).Written(key, 0), false},
		"no value of ours":              {"something of 16 b", false},
		"a miss":                        {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			m := s.NewMaterial(run, loadOf(1), dataSeed, trial)
			m.Earlier = []uint64{3, earlier}
			step, err := s.Bind(replying{reply: test.reply}, m.Worker(loneWorker()))
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = step(t.Context())
			mismatch, ok := errors.AsType[*clients.Mismatch](err)
			if !ok || mismatch.Stale != test.stale || mismatch.Miss != (test.reply == "") {
				t.Errorf("got %+v", err)
			}
		})
	}
}

// Where keys are picked, get still knows each value, and what set writes is a
// candidate of its key for whoever reads it.
func TestPickedKeys(t *testing.T) {
	for _, keys := range []string{"sequential", "uniform", "zipf:0.99", "hotspot:90/10", "latest"} {
		for _, name := range []string{"get", "set"} {
			s, err := Named(name)
			if err != nil {
				t.Fatal(err)
			}
			l := loadOf(1)
			l.Keys, l.Sizes, l.DataSize = keys, "1-32", 32
			m, known := s.NewMaterial(run, l, dataSeed, 9), newMemory(t, s, l)
			d := m.Worker(workers(3)[2])
			step, err := s.Bind(known, d)
			if err != nil {
				t.Fatal(err)
			}
			for range 100 {
				if _, _, err := step(t.Context()); err != nil {
					t.Fatalf("%s, %s: %v", name, keys, err)
				}
			}
			checkKnown(t, m, known)
		}
	}
}

// checkKnown wants each key to hold one of its values, and no other's.
func checkKnown(t *testing.T, m *Material, known memory) {
	t.Helper()
	d, strange := &Data{material: m}, 0
	for key := range count {
		name, reply := m.keys.At(key), new(clients.Reply)
		_ = known.Get(t.Context(), name, reply)
		if err := d.CheckShared(reply, key, name); err != nil {
			t.Fatal(err)
		}
		if d.CheckShared(reply, key+1, name) == nil {
			strange++
		}
	}
	if strange > count/20 { // some have one byte
		t.Errorf("%d of %d values pass as those of other keys", strange, count)
	}
}

func TestCheckShared(t *testing.T) {
	s, err := Named("mixed")
	if err != nil {
		t.Fatal(err)
	}
	d := s.NewMaterial(run, mixedLoad("get:100"), dataSeed, 9).Worker(loneWorker())
	reply := new(clients.Reply)
	for name, test := range map[string]struct {
		reply string
		want  clients.Mismatch
	}{
		"a miss":         {"", clients.Mismatch{Key: "k", Want: size, Got: -1, Miss: true}},
		"another length": {"x", clients.Mismatch{Key: "k", Want: size, Got: 1}},
		"another key's":  {string(d.SharedValue(8)), clients.Mismatch{Key: "k", Want: size, Got: size}},
	} {
		if reply.String(test.reply); test.reply == "" {
			reply.Miss()
		}
		m, ok := errors.AsType[*clients.Mismatch](d.CheckShared(reply, 7, "k"))
		if !ok || *m != test.want {
			t.Errorf("%s: %+v, want %+v", name, m, test.want)
		}
	}
}

// What one trial wrote to a shared key is known to every other, and what a
// worker writes in a row differs.
func TestSharedValuesOfOtherTrials(t *testing.T) {
	s, err := Named("mixed")
	if err != nil {
		t.Fatal(err)
	}
	writer := s.NewMaterial(run, mixedLoad("get:100"), dataSeed, 9).Worker(loneWorker())
	reader := s.NewMaterial(run, mixedLoad("get:100"), dataSeed, 10).Worker(loneWorker())
	reply, last := new(clients.Reply), clients.Value("")
	for range 40 {
		value := writer.SharedValue(7)
		reply.String(string(value))
		if err := reader.CheckShared(reply, 7, "k"); err != nil || value == last {
			t.Fatalf("%q after %q: %v", value, last, err)
		}
		last = value
	}
}

func TestAbsentKeysAreNeverWritten(t *testing.T) {
	s, err := Named("mixed")
	if err != nil {
		t.Fatal(err)
	}
	l := mixedLoad("get:25,set:25,insert:25,rmw:25")
	l.Misses = 0.5
	known := newMemory(t, s, l)
	step := prepared(t, s, l, known)
	for range 2000 {
		if _, _, err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for key := range known.values {
		if strings.Contains(key, "absent") {
			t.Errorf("%s was written", key)
		}
		if _, ok := gen.RunOf(strings.Replace(key, ":"+run+":", ":abcdefg2:", 1)); !ok {
			t.Errorf("%s is not known as a key of a run", key)
		}
	}
}
