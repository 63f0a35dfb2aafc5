package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"respbench.dev/respbench/results"
)

// files is a machine's /proc and /sys, by path.
type files map[string]string

// calm is a machine on which nothing is amiss, with two CPUs.
func calm() files {
	return files{
		"proc/stat":    "cpu  700 0 100 9200 0 0 0 0 0 0\ncpu0 1 1\ncpu1 1 1\nintr 5\n",
		"proc/loadavg": "0.10 0.50 0.90 1/94 16196\n",
		"proc/meminfo": "MemTotal: 8388608 kB\nMemFree: 1 kB\nMemAvailable: 6291456 kB\nSwapTotal: 1048576 kB\nSwapFree: 1048576 kB\n",
		"proc/vmstat":  "nr_free_pages 1\npswpin 4\npswpout 5\n",

		"sys/devices/system/cpu/cpu0/cpufreq/scaling_governor":            "performance\n",
		"sys/devices/system/cpu/cpu1/cpufreq/scaling_governor":            "performance\n",
		"sys/devices/system/cpu/cpu0/cpufreq/scaling_driver":              "acpi-cpufreq\n",
		"sys/devices/system/cpu/cpu1/cpufreq/scaling_driver":              "acpi-cpufreq\n",
		"sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq":            "3000000\n",
		"sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq":            "3000000\n",
		"sys/devices/system/cpu/cpufreq/boost":                            "0\n",
		"sys/kernel/mm/transparent_hugepage/enabled":                      "always [madvise] never\n",
		"sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
		"proc/self/cgroup":                     "0::/box/job\n",
		"sys/fs/cgroup/cgroup.controllers":     "cpu memory\n",
		"sys/fs/cgroup/box/cpu.max":            "max 100000\n",
		"sys/fs/cgroup/box/job/cpu.max":        "200000 100000\n",
		"sys/fs/cgroup/box/job/cpu.stat":       "usage_usec 5\nnr_periods 1000\nnr_throttled 0\nthrottled_usec 0\n",
		"sys/fs/cgroup/box/memory.max":         "max\n",
		"sys/fs/cgroup/box/job/memory.max":     "4294967296\n",
		"sys/fs/cgroup/box/job/memory.current": "2147483648\n",
		"sys/fs/cgroup/box/job/memory.stat":    "anon 1\ninactive_file 1073741824\n",
	}
}

func (f files) tree() fstest.MapFS {
	tree := fstest.MapFS{}
	for path, text := range f {
		tree[path] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

// A bench is a machine that a test has made up.
type bench struct {
	files, later files // later: after the sample, where it differs; "" is gone
	clock        Clock
	trips        RoundTrips
	broken       error // of the loopback
	procs, cpus  int
}

func calmBench() *bench {
	return &bench{
		files: calm(), later: files{}, procs: 2, cpus: 2,
		clock: Clock{Reading: 30, Resolution: 30, LagP50: 80 * time.Microsecond, Longest: 300 * time.Microsecond, Sleeps: 28},
		trips: RoundTrips{N: 2000, P50: 15 * time.Microsecond, P99: 40 * time.Microsecond},
	}
}

func (b *bench) examine(t *testing.T) map[string]results.Finding {
	t.Helper()
	tree := b.files.tree()
	m := Machine{
		Files: tree, CPUs: b.cpus, Procs: b.procs, Sample: time.Hour,
		Clock:    func() Clock { return b.clock },
		Loopback: func(context.Context) (RoundTrips, error) { return b.trips, b.broken },
		Sleep: func(time.Duration) {
			for path, text := range b.later {
				tree[path] = &fstest.MapFile{Data: []byte(text)}
			}
		},
	}
	return byCode(t, m.Examine(t.Context()), results.MachineSubject)
}

// byCode wants each code once, all about the same.
func byCode(t *testing.T, findings []results.Finding, subject string) map[string]results.Finding {
	t.Helper()
	found := map[string]results.Finding{}
	for _, f := range findings {
		if _, twice := found[f.Code]; twice || f.About != subject || f.Text == "" {
			t.Errorf("finding %+v", f)
		}
		if amiss := f.Level == results.LevelNote || f.Level == results.LevelProblem; amiss && f.Advice == "" {
			t.Errorf("no advice in %+v", f)
		}
		found[f.Code] = f
	}
	return found
}

// A rule is what a change makes of a machine or a server on which else all is
// well.
type rule[T any] struct {
	name   string
	change func(T)
	code   string
	level  results.Level
	words  string // in the text
}

const (
	isFine    = results.LevelOK
	isNote    = results.LevelNote
	isProblem = results.LevelProblem
	isUnknown = results.LevelUnknown
)

func set(path, text string) func(*bench) { return func(b *bench) { b.files[path] = text } }

func later(path, text string) func(*bench) { return func(b *bench) { b.later[path] = text } }

func without(paths ...string) func(*bench) {
	return func(b *bench) {
		for path := range b.files {
			if slices.ContainsFunc(paths, func(part string) bool { return strings.Contains(path, part) }) {
				delete(b.files, path)
			}
		}
	}
}

func all(changes ...func(*bench)) func(*bench) {
	return func(b *bench) {
		for _, change := range changes {
			change(b)
		}
	}
}

const cpu0, cpu1 = "sys/devices/system/cpu/cpu0/cpufreq/", "sys/devices/system/cpu/cpu1/cpufreq/"

var machineRules = []rule[*bench]{
	{"performance", all(), "cpu-governor", isFine, "performance (2 CPUs)"},
	{"one CPU ondemand", set(cpu1+"scaling_governor", "ondemand"), "cpu-governor", isNote, "ondemand (1 CPU), performance (1 CPU)"},
	{"powersave", set(cpu1+"scaling_governor", "powersave"), "cpu-governor", isProblem, "lowest rate"},
	{"powersave of a CPU's own", all(set(cpu1+"scaling_governor", "powersave"), set(cpu1+"scaling_driver", "intel_pstate")), "cpu-governor", isNote, "powersave"},
	{"powersave of amd", all(set(cpu1+"scaling_governor", "powersave"), set(cpu1+"scaling_driver", "amd-pstate-epp")), "cpu-governor", isNote, "powersave"},
	{"powersave of amd, passive", all(set(cpu1+"scaling_governor", "powersave"), set(cpu1+"scaling_driver", "amd-pstate")), "cpu-governor", isProblem, "lowest rate"},
	{"no governor", without("cpufreq"), "cpu-governor", isUnknown, "does not tell"},

	{"no turbo", all(), "cpu-frequency", isFine, "turbo is off"},
	{"turbo", set("sys/devices/system/cpu/cpufreq/boost", "1"), "cpu-frequency", isNote, "turbo is on"},
	{"turbo of intel", set("sys/devices/system/cpu/intel_pstate/no_turbo", "0"), "cpu-frequency", isNote, "turbo is on"},
	{"turbo of intel off", set("sys/devices/system/cpu/intel_pstate/no_turbo", "1"), "cpu-frequency", isFine, "turbo is off"},
	{"capped", set(cpu0+"scaling_max_freq", "2000000"), "cpu-frequency", isNote, "1 CPU may not reach"},
	{"turbo not told", without("boost"), "cpu-frequency", isFine, "no turbo is told of"},
	{"no frequency", without("cpufreq"), "cpu-frequency", isUnknown, "neither"},

	{"a quiet sample", later("proc/stat", "cpu 800 0 100 9300 0 0 0 0"), "steal", isFine, "0% now, 0% since"},
	{"steal of 1%", later("proc/stat", "cpu 799 0 100 9300 0 0 0 1"), "steal", isFine, "1% now"},
	{"steal of 2%", later("proc/stat", "cpu 798 0 100 9300 0 0 0 2"), "steal", isNote, "2% now, <1% since"},
	{"steal of 5%", later("proc/stat", "cpu 795 0 100 9300 0 0 0 5"), "steal", isNote, "5% now"},
	{"steal of 6%", later("proc/stat", "cpu 794 0 100 9300 0 0 0 6"), "steal", isProblem, "6% now"},
	{"steal beside idle time", later("proc/stat", "cpu 790 0 100 10100 90 0 0 10"), "steal", isProblem, "10% now, 1% since"},
	{"steal before", all(set("proc/stat", "cpu 780 0 0 9000 0 0 0 20"), later("proc/stat", "cpu 880 0 0 9100 0 0 0 20")), "steal", isNote, "0% now, 2% since"},
	{"too little ran", later("proc/stat", "cpu 704 0 100 9300 0 0 0 5"), "steal", isFine, "away: <1% since"},
	{"too little ran, and much steal before", set("proc/stat", "cpu 400 0 0 8000 0 0 0 600"), "steal", isNote, "away: 60% since"},
	{"no steal", without("proc/stat"), "steal", isUnknown, "does not tell"},

	{"idle", all(), "load", isFine, "0.10 over the last minute, on 2 CPUs"},
	{"some load", set("proc/loadavg", "0.61 0 0 1/2 3"), "load", isNote, "something else"},
	{"all CPUs busy", set("proc/loadavg", "2.00 0 0 1/2 3"), "load", isNote, "2.00"},
	{"overloaded", set("proc/loadavg", "2.01 0 0 1/2 3"), "load", isProblem, "more is running"},
	{"few CPUs of many", all(set("proc/loadavg", "2.01 0 0 1/2 3"), set("proc/stat", "cpu 1\n"+strings.Repeat("cpu1 1\n", 16))), "load", isFine, "16 CPUs"},
	{"load without CPUs", all(set("proc/loadavg", "2.01 0 0 1/2 3"), without("proc/stat")), "load", isProblem, "2 CPUs"},
	{"no load", without("loadavg"), "load", isUnknown, "does not tell"},
	{"odd load", set("proc/loadavg", "much"), "load", isUnknown, "does not tell"},

	{"memory of the group", all(), "memory", isFine, "3072 MiB of the cgroup's 4096 MiB"},
	{"memory of the machine", without("memory.max"), "memory", isFine, "6144 MiB of the machine's 8192 MiB"},
	{"memory of the group above", all(set("sys/fs/cgroup/box/memory.max", "3221225472"), set("sys/fs/cgroup/box/memory.current", "1073741824")), "memory", isFine, "2048 MiB of the cgroup's 3072 MiB"},
	{"little memory of the group", set("sys/fs/cgroup/box/job/memory.current", "5200000000"), "memory", isProblem, "of the cgroup's"},
	{"tight memory of the group", set("sys/fs/cgroup/box/job/memory.current", "5000000000"), "memory", isNote, "of the cgroup's"},
	{"memory full of files", all(set("sys/fs/cgroup/box/job/memory.current", "4294967296"), set("sys/fs/cgroup/box/job/memory.stat", "inactive_file 536870912\nactive_file 1073741824\nslab_reclaimable 536870912\n")), "memory", isFine, "2048 MiB of the cgroup's 4096 MiB"},
	{"a larger group above that is full", all(set("sys/fs/cgroup/box/memory.max", "6442450944"), set("sys/fs/cgroup/box/memory.current", "6341787648")), "memory", isProblem, "96 MiB of the cgroup's 6144 MiB"},
	{"a limit beyond the machine", all(set("sys/fs/cgroup/box/job/memory.max", "9223372036854771712"), set("sys/fs/cgroup/box/job/memory.current", "8589934592")), "memory", isFine, "of the machine's"},
	{"tight memory", all(without("memory.max"), set("proc/meminfo", "MemTotal: 8388608 kB\nMemAvailable: 819200 kB")), "memory", isNote, "800 MiB of the machine's"},
	{"little memory", all(without("memory.max"), set("proc/meminfo", "MemTotal: 524288 kB\nMemAvailable: 260000 kB")), "memory", isProblem, "need 256 MiB"},
	{"no memory", without("meminfo"), "memory", isUnknown, "does not tell"},

	{"unused swap", all(), "swap", isFine, "nothing is swapped out"},
	{"no swap", set("proc/meminfo", "SwapTotal: 0 kB\nSwapFree: 0 kB"), "swap", isFine, "no swap"},
	{"used swap", set("proc/meminfo", "SwapTotal: 2048 kB\nSwapFree: 1024 kB"), "swap", isNote, "1 MiB are swapped out"},
	{"a page in", later("proc/vmstat", "pswpin 5\npswpout 5"), "swap", isNote, "1 page just now"},
	{"pages out", later("proc/vmstat", "pswpin 4\npswpout 105"), "swap", isNote, "100 pages just now"},
	{"swapping out", later("proc/vmstat", "pswpin 4\npswpout 5000"), "swap", isProblem, "4995 pages just now"},
	{"more than 100 a second", later("proc/vmstat", "pswpin 5\npswpout 105"), "swap", isProblem, "101 pages just now"},
	{"swap not told", without("meminfo", "vmstat"), "swap", isUnknown, "does not tell"},

	{"madvise", all(), "transparent-huge-pages", isFine, "madvise"},
	{"always", set("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never"), "transparent-huge-pages", isNote, "always"},
	{"no huge pages", without("hugepage"), "transparent-huge-pages", isUnknown, "does not tell"},

	{"a good clock", all(), "clock", isFine, "tsc: a reading takes 30ns, the smallest step is 30ns"},
	{"a slow source", set("sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet"), "clock", isNote, "hpet"},
	{"a slow clock", func(b *bench) { b.clock.Reading = 300 }, "clock", isNote, "300ns"},
	{"a very slow clock", func(b *bench) { b.clock.Reading = 1500 }, "clock", isProblem, "1.5us"},
	{"a coarse clock", func(b *bench) { b.clock.Resolution = 2 * time.Microsecond }, "clock", isNote, "step is 2us"},
	{"a very coarse clock", func(b *bench) { b.clock.Resolution = time.Millisecond }, "clock", isProblem, "step is 1ms"},
	{"an unnamed clock", without("clocksource"), "clock", isFine, "not told"},
	{"no clock", func(b *bench) { b.clock = Clock{} }, "clock", isUnknown, "could not"},

	{"good timers", all(), "timers", isFine, "80us late (p50), 300us (longest of 28)"},
	{"one late timer", func(b *bench) { b.clock.Longest = 1_200_400 }, "timers", isFine, "1.2ms (longest of 28)"},
	{"slow timers", func(b *bench) { b.clock.LagP50 = 501 * time.Microsecond }, "timers", isNote, "501us late"},
	{"late timers", func(b *bench) { b.clock.LagP50 = 15 * time.Millisecond }, "timers", isProblem, "15ms late"},
	{"no timers", func(b *bench) { b.clock = Clock{} }, "timers", isUnknown, "could not"},

	{"quick loopback", all(), "loopback", isFine, "15us (p50), 40us (p99)"},
	{"loopback without p99", func(b *bench) { b.trips.P99 = 0 }, "loopback", isFine, "takes 15us (p50)"},
	{"slow loopback", func(b *bench) { b.trips.P50 = 120 * time.Microsecond }, "loopback", isNote, "120us (p50)"},
	{"uneven loopback", func(b *bench) { b.trips.P99 = 3 * time.Millisecond }, "loopback", isNote, "3ms (p99)"},
	{"very slow loopback", func(b *bench) { b.trips.P50 = 2 * time.Millisecond }, "loopback", isProblem, "2ms (p50)"},
	{"no loopback", func(b *bench) { b.broken = errors.New("secret") }, "loopback", isUnknown, "could not"},
}

func TestMachineRules(t *testing.T) { followMachine(t, machineRules) }

func followMachine(t *testing.T, rules []rule[*bench]) {
	for _, r := range rules {
		t.Run(r.code+"/"+r.name, func(t *testing.T) {
			b := calmBench()
			r.change(b)
			wantFinding(t, b.examine(t)[r.code], r.level, r.words)
		})
	}
}

func wantFinding(t *testing.T, f results.Finding, level results.Level, words string) {
	t.Helper()
	if f.Level != level || !strings.Contains(f.Text, words) {
		t.Errorf("got %+v, want %s with %q", f, level, words)
	}
}

// TestNothingThere is another system, or a container that hides everything.
func TestNothingThere(t *testing.T) {
	b := calmBench()
	b.files = files{}
	for code, f := range b.examine(t) {
		measured := code == "clock" || code == "timers" || code == "loopback"
		if measured != (f.Level == isFine) || !measured && f.Level != isUnknown {
			t.Errorf("finding %+v", f)
		}
	}
}
