package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

// needNamespaces skips where there can be none.
func needNamespaces(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("network namespaces need root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("network namespaces need ip, of the package iproute2")
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skip(err)
	}
	name := fmt.Sprintf("respbench-test-%d-try", os.Getpid())
	if out, err := exec.Command("ip", "netns", "add", name).CombinedOutput(); err != nil {
		t.Skipf("no network namespaces here: %s", out)
	}
	ip(t, "netns", "del", name)
}

func ip(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %s", strings.Join(args, " "), out)
	}
}

// makeHost makes a namespace with a device of that address until the test ends.
func makeHost(t *testing.T, name, address string) string {
	t.Helper()
	host := fmt.Sprintf("respbench-test-%d-%s", os.Getpid(), name)
	ip(t, "netns", "add", host)
	t.Cleanup(func() { ip(t, "netns", "del", host) })
	ip(t, "-n", host, "tuntap", "add", "dev", "line0", "mode", "tun")
	ip(t, "-n", host, "addr", "add", address, "dev", "line0")
	ip(t, "-n", host, "link", "set", "line0", "up")
	return host
}

// on runs f in the namespace. What it opens stays there.
func on(t *testing.T, host string, f func() error) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		err := enter(host)
		if err == nil {
			err = f()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func startLine(t *testing.T, args ...string) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, append([]string{"line"}, args...)...)
	cmd.Env = append(os.Environ(), asMain+"=1")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

func TestLine(t *testing.T) {
	t.Parallel()
	needNamespaces(t)
	near, far := makeHost(t, "near", "198.18.0.1/30"), makeHost(t, "far", "198.18.0.2/30")
	const delay = 5 * time.Millisecond
	startLine(t, delay.String(), "line0", near, far)
	var server net.Listener
	on(t, far, func() (err error) {
		server, err = net.Listen("tcp", "198.18.0.2:0")
		return err
	})
	accepting(t, server, echo)
	for _, size := range []int{1, 32 << 20} {
		var conn net.Conn
		on(t, near, func() (err error) {
			conn, err = reach(server.Addr().String())
			return err
		})
		t.Cleanup(func() { _ = conn.Close() })
		exchange(t, conn.(*net.TCPConn), size, 2*delay)
	}
}

func TestAttachNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	err := connect(line{}, "line0", "respbench-not-there", "respbench-not-there")
	if err == nil || !strings.Contains(err.Error(), "device line0 in namespace respbench-not-there: open") {
		t.Errorf("connect: %v", err)
	}
}
