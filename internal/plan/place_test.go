package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

func TestPlace(t *testing.T) {
	smt := host(0, 1, 2, 3)
	smt.Core = func(cpu int) []int { return []int{cpu % 2, cpu%2 + 2} }
	remote := host(0, 1)
	remote.OwnServer = false
	for name, test := range map[string]struct {
		pin   string
		procs int
		host  Host
		want  results.Placement
	}{
		"auto":             {"auto", 0, host(0, 1), results.Placement{Pin: "split", Client: []int{1}, ServerCPUs: []int{0}, Procs: 1}},
		"auto, four":       {"auto", 0, host(2, 3, 4, 5), results.Placement{Pin: "split", Client: []int{3, 4, 5}, ServerCPUs: []int{2}, Procs: 3}},
		"auto, siblings":   {"auto", 0, smt, results.Placement{Pin: "split", Client: []int{1, 3}, ServerCPUs: []int{0}, Procs: 2}},
		"auto, one core":   {"auto", 0, Host{CanPin: true, CPUs: []int{0, 1}, OwnServer: true, Core: func(int) []int { return []int{0, 1} }}, results.Placement{Pin: "split", Client: []int{1}, ServerCPUs: []int{0}, Procs: 1}},
		"auto, one CPU":    {"auto", 0, host(0), results.Placement{Pin: "none", Procs: 8}},
		"auto, remote":     {"auto", 0, remote, results.Placement{Pin: "none", Procs: 8}},
		"auto, cannot pin": {"auto", 0, host(), results.Placement{Procs: 8}},
		"none":             {"none", 0, host(0, 1), results.Placement{Pin: "none", Procs: 8}},
		"same":             {"same", 0, host(0, 1), results.Placement{Pin: "same", Client: []int{0}, ServerCPUs: []int{0}, Procs: 1}},
		"GOMAXPROCS":       {"split", 6, host(0, 1), results.Placement{Pin: "split", Client: []int{1}, ServerCPUs: []int{0}, Procs: 6}},
		"custom":           {"client=1,2,server=0", 0, host(0, 1, 2), results.Placement{Pin: "custom", Client: []int{1, 2}, ServerCPUs: []int{0}, Procs: 2}},
		"custom, remote":   {"client=1", 0, remote, results.Placement{Pin: "custom", Client: []int{1}, Procs: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := place(test.pin, test.procs, test.host)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestPlaceWrongUse(t *testing.T) {
	remote := host(0, 1)
	remote.OwnServer = false
	for _, test := range []struct {
		pin  string
		host Host
		want string
	}{
		{"split", host(0), "--pin split: needs two CPUs"},
		{"same", remote, "--pin same: the server is not ours to pin"},
		{"server=0", remote, "--pin server=0: the server is not ours to pin"},
		{"client=7", host(0, 1), "--pin client=7: this process may not use CPU 7; have [0 1]"},
		{"client=x", host(0, 1), `--pin client=x: CPUs "x": not a list`},
		{"kernel=1", host(0, 1), `--pin kernel=1: "kernel" is neither client nor server`},
		{"split", host(), "--pin split: this system cannot bind processes to CPUs"},
	} {
		if _, err := place(test.pin, 0, test.host); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("--pin %s: got %v, want %s...", test.pin, err, test.want)
		}
	}
}
