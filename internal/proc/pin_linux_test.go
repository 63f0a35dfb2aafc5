package proc

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAffinityArrivesAndIsRestored(t *testing.T) {
	before := affinities(t)
	for _, cpu := range CPUs() {
		child := startRole(t, Command{CPUs: []int{cpu}}, "cpus")
		got, err := io.ReadAll(child.Stdout)
		if want := strconv.Itoa(cpu) + " 1 1"; string(got) != want || err != nil {
			t.Errorf("pinned to %d, the child sees %q, %v", cpu, got, err)
		}
	}
	free := startRole(t, Command{}, "cpus")
	got, err := io.ReadAll(free.Stdout)
	if want := FormatCPUs(CPUs()) + " "; !strings.HasPrefix(string(got), want) || err != nil {
		t.Errorf("unpinned, the child sees %q, %v", got, err)
	}
	if diff := cmp.Diff(before, affinities(t)); diff != "" {
		t.Errorf("threads of the parent changed (-before +after):\n%s", diff)
	}
}

func TestPinToForeignCPU(t *testing.T) {
	_, err := Start(Command{Args: []string{os.Args[0], "cpus"}, CPUs: []int{maxCPU}})
	if err == nil || !strings.Contains(err.Error(), "pin to CPUs 1023: may use "+FormatCPUs(CPUs())+" only") {
		t.Errorf("got %v", err)
	}
}

// affinities are the different CPU lists of this process's threads.
func affinities(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("/proc/self/task/*/status")
	if err != nil || len(files) == 0 {
		t.Fatalf("no threads: %v", err)
	}
	lists := map[string]bool{}
	for _, file := range files {
		status, err := os.ReadFile(file)
		if err != nil {
			continue // the thread has ended
		}
		_, rest, _ := strings.Cut(string(status), "Cpus_allowed_list:\t")
		list, _, _ := strings.Cut(rest, "\n")
		lists[list] = true
	}
	return lists
}
