package driver

import (
	"fmt"
	"runtime"
	"strconv"
	"time"

	"respbench.dev/respbench/clients"
)

const (
	// mostSamples are those of a file of 1 GiB.
	mostSamples = 1 << 30 / sampleBytes
	mostCount   = 1 << 31 // of anything else
	mostOptions = 64

	// unpunctual is how much later than they were written lines may reach us,
	// longestPause that of a worker after a failed step, giveUp how much later a
	// trial ends that was stopped, and cpuTicks how far apart clock and CPU time
	// may be read.
	unpunctual   = 150 * time.Millisecond
	longestPause = 100 * time.Millisecond
	giveUp       = time.Second
	cpuTicks     = 10 * time.Millisecond
	// rounding is that of clocks in seconds.
	rounding = time.Millisecond
)

// failures are a record's errors.
type failures struct {
	byClass []int64
	sum     int64
}

// check holds what a record says against the spec, our own clock and itself.
func (t *Talk) check(r *Record) (failures, error) {
	total, err := t.checkSamples(r)
	if err != nil {
		return failures{}, err
	}
	failed, err := t.failuresOf(r, total)
	if err != nil {
		return failures{}, err
	}
	return failed, firstOf(t.checkWindow(r), t.checkEnd(r, total), checkNumbers(r), checkCPU(r), t.checkUsed(r))
}

// checkSamples returns how many there are.
func (t *Talk) checkSamples(r *Record) (total int64, err error) {
	if len(r.Samples) != t.told.Workers {
		return 0, fmt.Errorf("has samples of %d workers, not of %d", len(r.Samples), t.told.Workers)
	}
	for worker, n := range r.Samples {
		if n < 0 || n > mostSamples {
			return 0, fmt.Errorf("has %d samples of worker %d", n, worker)
		}
		total += n
		if total > mostSamples {
			return 0, fmt.Errorf("has more than %d samples", mostSamples)
		}
	}
	return total, nil
}

func (t *Talk) failuresOf(r *Record, total int64) (failures, error) {
	f := failures{byClass: make([]int64, clients.Classes)}
	for name, n := range r.Errors {
		if n < 0 || n > total {
			return f, fmt.Errorf("counts %d errors of the class %s in %d samples", n, t.quoted(name), total)
		}
		f.byClass[classNamed(name)] += n
		f.sum += n
		if f.sum > total {
			return f, fmt.Errorf("counts more errors than its %d samples", total)
		}
	}
	return f, nil
}

// checkWindow compares the window with the time that passed here, which its
// events have taken a while to tell.
func (t *Talk) checkWindow(r *Record) error {
	window, passed := time.Duration(r.Window), t.ended.Sub(t.started)
	shorter := passed/20 + unpunctual
	if len(r.Errors) > 0 {
		shorter += longestPause
	}
	if r.Stopped { // its window ended with the last step that was done
		shorter += giveUp
	}
	if window <= 0 || window > passed+passed/20+unpunctual || window < passed-shorter {
		return fmt.Errorf("says that its window was %s; between its started and ended %s passed", seconds(window), seconds(passed))
	}
	return nil
}

// checkEnd holds the trial's end against what was asked for.
func (t *Talk) checkEnd(r *Record, total int64) error {
	s, window := t.told, time.Duration(r.Window)
	inTime := s.MostTime == 0 || window+rounding < time.Duration(s.MostTime)
	switch {
	case s.Steps > 0 && total > s.Steps, s.Steps > 0 && total < s.Steps && inTime && !r.Stopped:
		return fmt.Errorf("did %d of the %d steps that were asked for", total, s.Steps)
	case !inTime || r.Stopped:
		return nil
	case total < s.LeastSteps:
		return fmt.Errorf("did %d of the %d steps that were asked for at least", total, s.LeastSteps)
	case window+rounding < time.Duration(s.LeastTime):
		return fmt.Errorf("measured for %s; at least %s was asked for", seconds(window), seconds(time.Duration(s.LeastTime)))
	}
	return nil
}

func checkNumbers(r *Record) error {
	for _, n := range []struct {
		name        string
		value, most int64
	}{
		{"warm.ns", r.Warm.Time, 1 << 62},
		{"warm.steps", r.Warm.Steps, mostCount},
		{"warm.failed", r.Warm.Failed, r.Warm.Steps},
		{"warm.mismatches", r.Warm.Mismatches, r.Warm.Failed},
		{"connections", r.Connections, mostCount},
		{"most_conns", int64(r.MostConns), mostCount},
		{"options", int64(len(r.Options)), mostOptions},
		{"peak_bytes", r.PeakBytes, 1 << 62},
	} {
		if n.value < 0 || n.value > n.most {
			return fmt.Errorf("says %s: %d; from 0 to %d", n.name, n.value, n.most)
		}
	}
	return nil
}

func checkCPU(r *Record) error {
	most := int64(runtime.NumCPU())*(r.Window+r.Window/100) + int64(cpuTicks)
	if r.UserCPU < 0 || r.SystemCPU < 0 || r.UserCPU > most || r.SystemCPU > most-r.UserCPU {
		return fmt.Errorf("says that it spent %s of user and %s of system CPU time, in %s on %d CPUs",
			seconds(time.Duration(r.UserCPU)), seconds(time.Duration(r.SystemCPU)), seconds(time.Duration(r.Window)), runtime.NumCPU())
	}
	return nil
}

// seconds are given to three digits.
func seconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'g', 3, 64) + " s"
}
