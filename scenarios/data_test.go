package scenarios

import (
	"context"
	"errors"
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
			m := s.NewMaterial(run, count, size, dataSeed, trial, 1)
			m.Earlier = []uint64{3, earlier}
			step, err := s.Bind(replying{reply: test.reply}, m.Worker(0, 1))
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
