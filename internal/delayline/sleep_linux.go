package main

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// preciseSleeper sleeps by a timer of the kernel that is read like a file:
// time.Sleep may be late by a millisecond, and thousands that sleep need no
// threads.
func preciseSleeper() (sleeper, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("timerfd_create", err)
	}
	return &timer{fd, os.NewFile(uintptr(fd), "timer"), time.Now(), monotonic()}, nil
}

type timer struct {
	fd   int
	file *os.File
	base time.Time
	zero int64 // base on the kernel's clock
}

func (t *timer) sleep(until time.Time) {
	at := unix.ItimerSpec{Value: unix.NsecToTimespec(t.zero + until.Sub(t.base).Nanoseconds())}
	_ = unix.TimerfdSettime(t.fd, unix.TFD_TIMER_ABSTIME, &at, nil)
	var expired [8]byte
	_, _ = t.file.Read(expired[:])
}

func (t *timer) close() { _ = t.file.Close() }

// monotonic is the kernel's clock in ns. time.Time does not show its own
// reading of it.
func monotonic() int64 {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		panic(err) // every Linux has this clock
	}
	return now.Nano()
}
