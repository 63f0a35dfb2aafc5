//go:build !linux

package engine

import "time"

func newSleeper() (sleep sleeper, release func()) {
	return func(until int64) { time.Sleep(time.Duration(until - now())) }, func() {}
}
