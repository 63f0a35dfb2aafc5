package scenarios

import (
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

// What a reply is taken for, of a key with so many acknowledged writes at times
// 1, 2, 3... and perhaps one more under way; it is asked at time 100.
func TestJudge(t *testing.T) {
	for name, test := range map[string]struct {
		acked, begun version
		of           version // that the reply is
		failed       bool    // a SET has
		want         int64
	}{
		"never written":                   {0, 0, 0, false, current},
		"the newest":                      {5, 5, 5, false, current},
		"one that is under way":           {5, 6, 6, false, current},
		"the newest, one is under way":    {5, 6, 5, false, current},
		"many are under way since":        {5, 12, 9, false, current},
		"the one before":                  {5, 5, 4, false, 100 - 5},
		"some before: from when replaced": {5, 5, 2, false, 100 - 3},
		"the one before the trial":        {5, 5, 0, false, 100 - 1},
		"a failed one may come late":      {5, 5, 4, true, current},
		"a round before looks as new":     {20, 20, 4, false, current},
		"the oldest that can be told":     {20, 20, 5, false, 100 - 6},
		"not written yet":                 {5, 5, 6, false, never},
	} {
		t.Run(name, func(t *testing.T) {
			s := scenario(t, "cached")
			v := newVersions(s.NewMaterial(run, Load{Workers: 1, DataSize: 16, Keyspace: 10}, dataSeed, 9))
			h := &v.history[3]
			for i := version(1); i <= test.acked; i++ {
				h.times[i%16].Store(i)
			}
			h.acked.Store(test.acked)
			h.begun.Store(test.begun)
			h.unsure.Store(test.failed)
			var reply clients.Reply
			reply.String(string(v.value(3, test.of)))
			if got := v.judge(question{key: 3, acked: test.acked, at: 100}, &reply); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
			reply.String(string(v.value(4, test.of)))
			if got := v.judge(question{key: 3, acked: test.acked, at: 100}, &reply); got != never {
				t.Errorf("another key's value: got %d", got)
			}
		})
	}
}

// A key that nobody writes costs a read as many readings of the clock.
func TestAskReadsTheClock(t *testing.T) {
	s := scenario(t, "cached")
	v := newVersions(s.NewMaterial(run, Load{Workers: 1, DataSize: 16, Keyspace: 10}, dataSeed, 9))
	for key := range 2 {
		v.history[key].acked.Store(int64(key))
		before := engine.Now()
		if at := v.ask(key).at; at < before || at > engine.Now() {
			t.Errorf("after %d writes it was asked at %d", key, at)
		}
	}
}
