//go:build unix

package proc

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// roles are what this test binary can be started as: its first argument.
var roles = map[string]func(args []string) int{
	"guard": func(args []string) int { return Guard(os.Stdin, os.Stdout, args) },
	"owner": owner,
	"sleep": sleep,
	"stubborn": func(args []string) int {
		signal.Ignore(syscall.SIGTERM)
		return sleep(args)
	},
	"cpus": func([]string) int {
		fmt.Print(FormatCPUs(CPUs()), " ", runtime.NumCPU(), " ", runtime.GOMAXPROCS(0))
		return 0
	},
	"flood": func([]string) int {
		for range 64 {
			fmt.Fprint(os.Stderr, strings.Repeat("x", 1<<20))
		}
		fmt.Fprint(os.Stderr, "the end")
		return 3
	},
	"echo": func([]string) int {
		_, err := io.Copy(os.Stdout, os.Stdin)
		return len(fmt.Append(nil, err)) - len("<nil>")
	},
}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && roles[os.Args[1]] != nil {
		os.Exit(roles[os.Args[1]](os.Args[2:]))
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector's second at the end of each child
	goleak.VerifyTestMain(m)
}

// sleep says so once it is asleep.
func sleep([]string) int {
	time.AfterFunc(20*time.Millisecond, func() { fmt.Println("ready") })
	time.Sleep(time.Minute)
	return 0
}

// owner starts a child and a guarded program, says who they are, and waits. It
// says when it was interrupted, and lives on.
func owner([]string) int {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	dir := FolderPath()
	guarded, err := StartGuarded([]string{os.Args[0], "guard"}, dir, Command{Args: []string{os.Args[0], "sleep"}})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	child, err := Start(Command{Args: []string{os.Args[0], "sleep"}})
	if err != nil {
		return 1
	}
	fmt.Println(child.Pid(), guarded.guard.Pid(), guarded.Pid(), dir)
	<-interrupts
	fmt.Println("interrupted")
	time.Sleep(time.Minute)
	return 0
}

func startRole(t *testing.T, c Command, role string) *Child {
	t.Helper()
	c.Args = []string{os.Args[0], role}
	child, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = child.Kill()
		_ = child.Wait()
		_ = child.Stdin.Close()
		_ = child.Stdout.Close()
	})
	return child
}

func startGuarded(t *testing.T, role string) (*Guarded, string) {
	t.Helper()
	dir := FolderPath()
	g, err := StartGuarded([]string{os.Args[0], "guard"}, dir, Command{Args: []string{os.Args[0], role}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g, dir
}

// awaitGone waits until a process has ended; one that nobody has waited for
// yet counts.
func awaitGone(t *testing.T, name string, pid int) {
	t.Helper()
	await(t, fmt.Sprintf("end of %s (%d)", name, pid), func() bool { return gone(pid) })
}

func gone(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(state, "Z")
}

func awaitNoFolder(t *testing.T, dir string) {
	t.Helper()
	await(t, "removal of the folder", func() bool {
		_, err := os.Stat(dir)
		return os.IsNotExist(err)
	})
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for the %s", what)
		}
	}
}
