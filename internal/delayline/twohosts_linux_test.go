package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"respbench.dev/respbench/internal/servertest"
)

// A script is a running scripts/two-hosts whose temporary files are in folder.
type script struct {
	cmd    *exec.Cmd
	folder string
	out    *bufio.Reader
	stderr bytes.Buffer
}

func startScript(t *testing.T, env []string, args ...string) *script {
	t.Helper()
	s := &script{cmd: exec.Command("../../scripts/two-hosts", args...), folder: t.TempDir()}
	s.cmd.Env = append(append(os.Environ(), env...), "TMPDIR="+s.folder)
	s.cmd.Stderr = &s.stderr
	s.cmd.WaitDelay = 5 * time.Second // for a process that was left and holds stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.out = bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

// ended waits for the script and returns its exit code.
func (s *script) ended(t *testing.T) int {
	t.Helper()
	timer := time.AfterFunc(time.Minute, func() { _ = s.cmd.Process.Kill() })
	defer timer.Stop()
	err := s.cmd.Wait()
	if _, exited := errors.AsType[*exec.ExitError](err); !exited && err != nil {
		t.Error(err)
	}
	t.Logf("%s", &s.stderr)
	return s.cmd.ProcessState.ExitCode()
}

// line is the next that COMMAND prints.
func (s *script) line(t *testing.T) string {
	t.Helper()
	line, err := s.out.ReadString('\n')
	if err != nil {
		s.ended(t)
		t.Fatalf("COMMAND printed nothing: %v", err)
	}
	return strings.TrimSuffix(line, "\n")
}

// hosts are the script's namespaces.
func (s *script) hosts(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(fmt.Sprintf("/run/netns/respbench-%d-*", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// processes are those that the script has started: they have its folder in
// their environment, are in it, or run from it. It is not one of them.
func (s *script) processes(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, process := range all {
		environ, _ := os.ReadFile(process + "/environ") // it may have ended
		dir, _ := os.Readlink(process + "/cwd")
		program, _ := os.Readlink(process + "/exe")
		ours := strings.Contains(string(environ)+dir+program, s.folder)
		if ours && process != "/proc/"+strconv.Itoa(s.cmd.Process.Pid) {
			name, _ := os.ReadFile(process + "/comm")
			found = append(found, strings.TrimSpace(string(name)))
		}
	}
	return found
}

func (s *script) checkNothingLeft(t *testing.T) {
	t.Helper()
	if hosts := s.hosts(t); len(hosts) > 0 {
		t.Errorf("namespaces are left: %q", hosts)
	}
	if processes := s.processes(t); len(processes) > 0 {
		t.Errorf("processes are left: %q", processes)
	}
	files, err := os.ReadDir(s.folder)
	if err != nil || len(files) > 0 {
		t.Errorf("files are left: %v, %v", files, err)
	}
}

func needProgram(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
}

func needWay(t *testing.T, way string) {
	t.Helper()
	needProgram(t, "go", "redis-server", "redis-cli", "taskset", "setsid")
	if way != "proxy" {
		needProgram(t, "nsenter")
		needNamespaces(t)
	}
	if way == "netem" && !kernelHasNetem(t) {
		t.Skip("this kernel has no netem")
	}
}

func kernelHasNetem(t *testing.T) bool {
	t.Helper()
	host := fmt.Sprintf("respbench-test-%d-netem", os.Getpid())
	ip(t, "netns", "add", host)
	defer ip(t, "netns", "del", host)
	return exec.Command("tc", "-n", host, "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1us").Run() == nil
}

func TestTwoHosts(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"netem", "tun", "proxy"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			needWay(t, way)
			s := startScript(t, nil, "--by", way, "--rtt", "2ms", "--server-cpu", "0", "sh", "-c",
				`redis-cli -u "$RESPBENCH_URL" config get save | tail -n 1; redis-cli -u "$RESPBENCH_URL" ping; exit 7`)
			if save, pong := s.line(t), s.line(t); save != "" || pong != "PONG" {
				t.Errorf("the server saves %q and answered %q", save, pong)
			}
			if code := s.ended(t); code != 7 {
				t.Errorf("exit code %d, want COMMAND's 7", code)
			}
			if said := s.stderr.String(); !strings.Contains(said, "by "+way+": a PING takes ") || !strings.Contains(said, "; 2ms asked") {
				t.Errorf("said %q", said)
			}
			s.checkNothingLeft(t)
		})
	}
}

// COMMAND has started something that knows of no signal.
const lingering = `sh -c 'trap "" TERM INT HUP; sleep 1000; sleep 1000' & echo $$; wait`

func TestTwoHostsEnd(t *testing.T) {
	t.Parallel()
	needWay(t, "tun")
	bystander := fmt.Sprintf("respbench-test-%d-bystander", os.Getpid())
	ip(t, "netns", "add", bystander)
	t.Cleanup(func() { ip(t, "netns", "del", bystander) }) // fails if it is gone
	for name, test := range map[string]struct {
		signal  syscall.Signal
		command bool // it is sent to COMMAND, not to the script
		code    int
	}{
		"SIGTERM":         {syscall.SIGTERM, false, 143},
		"SIGINT":          {syscall.SIGINT, false, 130},
		"SIGHUP":          {syscall.SIGHUP, false, 129},
		"command, killed": {syscall.SIGKILL, true, 137},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startScript(t, nil, "--by", "tun", "sh", "-c", lingering)
			to, err := strconv.Atoi(s.line(t))
			if err != nil {
				t.Fatal(err)
			}
			if hosts, processes := s.hosts(t), s.processes(t); len(hosts) != 2 || len(processes) < 4 {
				t.Errorf("namespaces %q, want 2; processes %q, want server, line and two shells", hosts, processes)
			}
			if !test.command {
				to = s.cmd.Process.Pid
			}
			if err := syscall.Kill(to, test.signal); err != nil {
				t.Fatal(err)
			}
			if code := s.ended(t); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			s.checkNothingLeft(t)
		})
	}
}

func TestTwoHostsEndEarly(t *testing.T) {
	t.Parallel()
	needWay(t, "tun")
	s := startScript(t, nil, "--by", "tun", "--rtt", "300ms", "true")
	for end := time.Now().Add(time.Minute); len(s.hosts(t)) < 2 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := s.ended(t); code != 143 {
		t.Errorf("exit code %d, want 143", code)
	}
	s.checkNothingLeft(t)
}

func TestTwoHostsWithoutServer(t *testing.T) {
	t.Parallel()
	needWay(t, "tun")
	broken := t.TempDir()
	servertest.WriteProgram(t, filepath.Join(broken, "redis-server"), "#!/bin/sh\necho cannot allocate anything >&2\nexit 1\n")
	s := startScript(t, []string{"PATH=" + broken + ":" + os.Getenv("PATH")}, "--by", "tun", "true")
	if code := s.ended(t); code != 1 || !strings.Contains(s.stderr.String(), "no answer from the server: ") {
		t.Errorf("exit code %d, said %q", code, &s.stderr)
	}
	s.checkNothingLeft(t)
}

func TestTwoHostsRejects(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no command":     {nil, "usage: two-hosts"},
		"unknown flag":   {[]string{"--far", "true"}, "usage: two-hosts"},
		"rtt of no unit": {[]string{"--rtt", "500", "true"}, "two-hosts: --rtt 500: want a whole number with us, ms or s"},
		"rtt of nothing": {[]string{"--rtt"}, "two-hosts: --rtt : want"},
		"unknown way":    {[]string{"--by", "magic", "true"}, "two-hosts: --by magic: want netem, tun or proxy"},
		"no CPU":         {[]string{"--server-cpu", "all", "true"}, "two-hosts: --server-cpu all: want the number of a CPU"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := exec.Command("../../scripts/two-hosts", test.args...).CombinedOutput()
			if err == nil || !strings.Contains(string(out), test.want) {
				t.Errorf("%v, said %q, want %q", err, out, test.want)
			}
		})
	}
}
