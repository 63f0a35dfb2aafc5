package trial

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/results"
)

// A meter reads what this process spends over a window.
type meter struct {
	ballast []byte
	gogc    int
	first   reading
	last    reading
}

// A reading is the meters' state at one moment. CPU times are negative where
// the system does not tell them.
type reading struct {
	user, system time.Duration
	mallocs      uint64
	bytes        uint64
	gcs          uint32
	gcCPU        time.Duration
}

// newMeter fills the live heap to size bytes with memory that is never
// touched, so never resident, and collects once. The live heap decides how
// often the collector runs: without this, a library that allocates would
// look cheaper the more workers, and so live memory, there are.
func newMeter(size int64) *meter {
	m := &meter{gogc: debug.SetGCPercent(100)}
	debug.SetGCPercent(m.gogc)
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	if missing := size - int64(now.HeapAlloc); missing > 0 {
		m.ballast = make([]byte, missing)
		runtime.GC()
	}
	return m
}

func (m *meter) start() { m.first = read() }

func (m *meter) stop() {
	m.last = read()
	runtime.KeepAlive(m.ballast)
}

// read takes the CPU times closest to the window at its start, as the last
// thing, and pays for that with its own cost at the end.
func read() reading {
	// ReadMemStats counts exactly: it flushes the per-P caches that
	// runtime/metrics leaves out.
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	gc := []metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}}
	metrics.Read(gc)
	r := reading{
		mallocs: memory.Mallocs, bytes: memory.TotalAlloc, gcs: memory.NumGC,
		gcCPU: time.Duration(gc[0].Value.Float64() * float64(time.Second)),
	}
	r.user, r.system = cpuTimes()
	return r
}

func (m *meter) cost() results.Cost {
	first, last := m.first, m.last
	c := results.Cost{
		Allocs:    pointer(int64(last.mallocs - first.mallocs)),
		Bytes:     pointer(int64(last.bytes - first.bytes)),
		GCs:       pointer(int64(last.gcs - first.gcs)),
		GCCPU:     pointer(last.gcCPU - first.gcCPU),
		GOGC:      m.gogc,
		PeakBytes: peakBytes(),
		Ballast:   int64(len(m.ballast)),
	}
	if first.user >= 0 {
		c.UserCPU = pointer(last.user - first.user)
		c.SystemCPU = pointer(last.system - first.system)
	}
	return c
}

func pointer[T any](v T) *T { return &v }

// peakBytes is the highest resident size of this process, from VmHWM: what
// getrusage tells includes the parent's at the time of the fork.
func peakBytes() *int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return nil
			}
			return pointer(kib << 10)
		}
	}
	return nil
}
