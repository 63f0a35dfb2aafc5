package doctor

import (
	"context"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/results"
)

// A Machine is where the client runs, and how it is looked at.
type Machine struct {
	Files fs.FS // has proc/... and sys/..., where the system does
	CPUs  int   // that we may use
	Procs int   // GOMAXPROCS of what is going to be measured

	Clock    func() Clock                              // measures
	Loopback func(context.Context) (RoundTrips, error) // measures
	Sample   time.Duration                             // at least, from the first reading of counters to the second
	Sleep    func(time.Duration)
}

// A Clock is how finely time is seen, and how late sleeps end.
type Clock struct {
	Reading    time.Duration // that one reading costs
	Resolution time.Duration // the smallest step seen
	// LagP50 is how much later than asked a sleep of a millisecond returned, and
	// Longest the latest of them: they are too few for a quantile.
	LagP50, Longest time.Duration
	Sleeps          int
}

// How long is measured, together with the clock's.
const (
	briefTrips  = 30 * time.Millisecond
	longTrips   = 200 * time.Millisecond
	wholeSample = time.Second
)

// ThisMachine takes about a second to examine.
func ThisMachine(clock func() Clock) Machine {
	m := InBrief(clock)
	m.Sample = wholeSample
	m.Loopback = func(ctx context.Context) (RoundTrips, error) { return measureLoopback(ctx, longTrips) }
	return m
}

// InBrief takes little longer to examine than the clock and 30 ms. What it
// counts in that time is too little to tell of stolen time.
func InBrief(clock func() Clock) Machine {
	return Machine{
		Files: os.DirFS("/"), CPUs: runtime.NumCPU(), Procs: runtime.GOMAXPROCS(0), Clock: clock,
		Loopback: func(ctx context.Context) (RoundTrips, error) { return measureLoopback(ctx, briefTrips) },
		Sleep:    time.Sleep,
	}
}

// Examine looks at everything once.
func (m Machine) Examine(ctx context.Context) []results.Finding {
	limit := m.cpuLimit()
	before, began := m.counters(limit), time.Now()
	clock := m.Clock()
	measured := []results.Finding{m.clockFinding(clock), timerFinding(clock), m.loopback(ctx)}
	if rest := m.Sample - time.Since(began); rest > 0 && ctx.Err() == nil {
		m.Sleep(rest)
	}
	after := m.counters(limit)
	findings := []results.Finding{
		m.governor(), m.frequency(), steal(before, after), m.load(), m.memory(), m.swap(before, after), m.hugePages(),
		m.cpuQuota(limit), throttling(limit, before, after),
	}
	return about(results.MachineSubject, append(findings, measured...)...)
}

// text is a file's, without the white space around it; ok is whether it could
// be read.
func (m Machine) text(path string) (text string, ok bool) {
	content, err := fs.ReadFile(m.Files, path)
	return strings.TrimSpace(string(content)), err == nil
}

func (m Machine) number(path string) (n int64, ok bool) {
	text, _ := m.text(path)
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// fields are the lines "name value" or "name: value kB" of a file.
func (m Machine) fields(path string) map[string]int64 {
	text, _ := m.text(path)
	values := map[string]int64{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		if n, err := strconv.ParseInt(words[1], 10, 64); err == nil {
			values[strings.TrimSuffix(words[0], ":")] = n
		}
	}
	return values
}
