package main

import (
	"runtime"
	"time"
)

// A segment is what one side did in one window.
type segment struct {
	ops    int64
	window time.Duration
	cpu    time.Duration // of this process, user and system
}

func (s segment) cpuPerOp() float64 { return float64(s.cpu.Nanoseconds()) / 1e3 / float64(s.ops) }

func (s segment) rate() float64 { return float64(s.ops) / s.window.Seconds() }

// A meter reads the CPU that this process uses between start and stop, as a
// trial does.
type meter struct{ first, used time.Duration }

// start begins behind a collection, so that no side pays for what the other
// one has left.
func (m *meter) start() (err error) {
	runtime.GC()
	m.first, err = cpuTime()
	return err
}

func (m *meter) stop() error {
	last, err := cpuTime()
	m.used = last - m.first
	return err
}

// newBallast brings the live heap to size bytes with memory that is never
// touched, as a trial does: the live heap decides how often the collector runs.
func newBallast(size uint64) []byte {
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	if now.HeapAlloc >= size {
		return nil
	}
	return make([]byte, size-now.HeapAlloc)
}
