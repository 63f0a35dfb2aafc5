package driver

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"respbench.dev/respbench/results"
)

// spend uses CPU time, and returns how much this process has used up to then.
func spend(t *testing.T, d time.Duration) time.Duration {
	t.Helper()
	now := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	for end := now() + d; now() < end; {
	}
	return now()
}

// This process has the samples open, as a driver has.
func TestMeterReadsTheSystemsCount(t *testing.T) {
	talk := begin(t, testSpec(), testAccess)
	talk.Pid(os.Getpid())
	spend(t, 200*ms)
	say(talk, "{\"event\":\"ready\"}\ngo\n{\"event\":\"started\"}")
	before := spend(t, 0)
	after := spend(t, 300*ms)
	say(talk, `{"event":"ended"}`)
	got := talk.used[results.EventEnded] - talk.used[results.EventStarted]
	if want := after - before; len(talk.used) != 3 || got < want-30*ms || got > want+100*ms {
		t.Errorf("%v, which is %v; expected %v", talk.used, got, want)
	}
	if err := talk.checkUsed(&Record{UserCPU: int64(after - before)}); err != nil {
		t.Error(err)
	}
	if err := talk.checkUsed(&Record{UserCPU: int64(after-before) + int64(200*ms)}); err == nil {
		t.Error("CPU time from before the clock is taken")
	}
}

// What starts a driver and waits for it has not opened the samples.
func TestMeterLeavesWrappersAlone(t *testing.T) {
	wrapper := exec.Command("sleep", "60")
	if err := wrapper.Start(); err != nil {
		t.Fatal(err)
	}
	talk := begin(t, testSpec(), testAccess)
	talk.Pid(wrapper.Process.Pid)
	say(talk, "{\"event\":\"ready\"}\ngo\n{\"event\":\"started\"}\n{\"event\":\"ended\"}")
	if len(talk.used) != 0 {
		t.Errorf("%v", talk.used)
	}
	if _, alive := cpuOf(wrapper.Process.Pid); !alive {
		t.Error("the wrapper has no count")
	}
	_ = wrapper.Process.Kill()
	_ = wrapper.Wait()
	if used, alive := cpuOf(wrapper.Process.Pid); alive {
		t.Errorf("a process that has gone used %v", used)
	}
}
