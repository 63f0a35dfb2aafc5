package engine

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A timer is one of the kernel's, waited for as a connection is: when it fires
// the scheduler goes on with the pacer, and then, on the same thread, with the
// workers that the pacer wakes. A thread that sleeps for the pacer alone has to
// wake others first, which is later and costs more where there are few cores.
type timer struct {
	conn   syscall.RawConn
	offset int64 // from the engine's clock to the kernel's
	at     unix.ItimerSpec
	armed  bool
	err    error
}

// newSleeper falls back on sleeping where there is no such timer.
func newSleeper() (sleep sleeper, release func()) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return doze, func() {}
	}
	file := os.NewFile(uintptr(fd), "timer")
	release = func() { _ = file.Close() }
	conn, err := file.SyscallConn()
	if err != nil {
		return doze, release
	}
	t := &timer{conn: conn}
	if t.offset, err = clockOffset(); err != nil {
		return doze, release
	}
	arm := t.arm
	return func(until int64) { t.sleep(until, arm) }, release
}

func clockOffset() (int64, error) {
	var kernel unix.Timespec
	err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &kernel)
	return kernel.Nano() - now(), err
}

func (t *timer) sleep(until int64, arm func(uintptr) bool) {
	t.at.Value, t.armed = unix.NsecToTimespec(until+t.offset), false
	if err := t.conn.Read(arm); err != nil || t.err != nil {
		doze(until)
	}
}

// arm reports whether the timer has fired, called first to set it and then when
// it has. Setting it again forgets that it has, so nothing needs to be read.
func (t *timer) arm(fd uintptr) (fired bool) {
	if t.armed {
		return true
	}
	t.armed = true
	t.err = unix.TimerfdSettime(int(fd), unix.TFD_TIMER_ABSTIME, &t.at, nil)
	return t.err != nil
}

// doze is some half a millisecond late, as a rule.
func doze(until int64) { time.Sleep(time.Duration(until - now())) }
