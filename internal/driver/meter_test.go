package driver

import (
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/results"
)

func TestCPUTimeIsCompared(t *testing.T) {
	for _, test := range []struct {
		name                  string
		ready, started, ended time.Duration // the system's count
		said                  time.Duration
		stopped, taken        bool
	}{
		{"as it is", 500 * ms, 510 * ms, 1410 * ms, 900 * ms, false, true},
		{"counted in ticks", 500 * ms, 500 * ms, 1400 * ms, 930 * ms, false, true},
		{"we looked late at its start", 500 * ms, 800 * ms, 1400 * ms, 900 * ms, false, true},
		{"we looked late at its end", 500 * ms, 510 * ms, 1600 * ms, 900 * ms, false, true},
		{"next to none", 500 * ms, 510 * ms, 1410 * ms, 0, false, false},
		{"half", 500 * ms, 510 * ms, 1410 * ms, 450 * ms, false, false},
		{"with what was before", 500 * ms, 510 * ms, 1410 * ms, 1400 * ms, false, false},
		{"stopped", 500 * ms, 510 * ms, 1410 * ms, 0, true, true},
		{"of a system that does not count", 0, 0, 0, 900 * ms, false, true},
	} {
		talk := begin(t, testSpec(), testAccess)
		talk.used = map[string]time.Duration{results.EventReady: test.ready, results.EventStarted: test.started, results.EventEnded: test.ended}
		r := &Record{UserCPU: int64(test.said), Stopped: test.stopped}
		if err := talk.checkUsed(r); (err == nil) != test.taken {
			t.Errorf("%s: %v", test.name, err)
		}
		delete(talk.used, results.EventStarted)
		if err := talk.checkUsed(r); err != nil {
			t.Errorf("%s, unknown: %v", test.name, err)
		}
	}
}

func TestCPUTimeIsOfTheRecord(t *testing.T) {
	talk := begin(t, testSpec(), testAccess)
	talk.used = map[string]time.Duration{results.EventReady: 1, results.EventStarted: 1, results.EventEnded: time.Minute}
	say(talk, "{\"event\":\"ready\"}\ngo\n{\"event\":\"started\"}")
	talk.now = func() time.Time { return talk.started.Add(time.Second) }
	say(talk, `{"event":"ended"}`)
	e := talk.Event(encoded(t, Event{Event: results.EventRecord, Record: &Record{Window: 1e9, Samples: []int64{0}}}))
	if want := "the driver says that it spent 0 s of CPU time; the system counted 60 s between its started and ended"; !strings.HasPrefix(e.Error, want) {
		t.Errorf("got %+v, expected %s", e, want)
	}
}
