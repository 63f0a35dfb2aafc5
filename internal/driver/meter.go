package driver

import (
	"fmt"
	"time"

	"respbench.dev/respbench/results"
)

const (
	// ticking is how far apart two counts of the same CPU time may be, and
	// trailing how much a driver may use after its window until we look.
	ticking  = 100 * time.Millisecond
	trailing = 250 * time.Millisecond
)

// Pid tells which process has been started for the trial, before its first
// event. What it says of its CPU time is compared with the system's count.
func (t *Talk) Pid(pid int) { t.pid = pid }

// meter reads the CPU time of the driver at an event. A process that has not
// opened the samples only waits for the driver, which may be anywhere.
func (t *Talk) meter(event string) {
	if t.pid == 0 {
		return
	}
	if event == results.EventReady {
		if file, err := t.samples.Stat(); err != nil || !hasOpen(t.pid, file) {
			t.pid = 0
			return
		}
	}
	if used, ok := cpuOf(t.pid); ok {
		t.used[event] = used
	}
}

// checkUsed compares what the driver says of its CPU time with the system's
// count. The driver waits between its ready and its window, so that it cannot
// have spent more than from ready to ended.
func (t *Talk) checkUsed(r *Record) error {
	end := t.used[results.EventEnded]
	if len(t.used) < 3 || end == 0 || r.Stopped {
		return nil // unknown, or not counted by this system
	}
	said := time.Duration(r.UserCPU + r.SystemCPU)
	most, least := end-t.used[results.EventReady], end-t.used[results.EventStarted]
	if said > most+most/20+ticking || said < least-least/10-trailing {
		return fmt.Errorf("says that it spent %s of CPU time; the system counted %s between its started and ended", seconds(said), seconds(least))
	}
	return nil
}
