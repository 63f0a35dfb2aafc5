package doctor

import "testing"

const job = "sys/fs/cgroup/box/job/"

// version1 is a machine whose controllers have folders of their own.
func version1(mount string, change files) func(*bench) {
	return func(b *bench) {
		without("cgroup")(b)
		b.files["proc/self/cgroup"] = "9:name=systemd:/\n4:memory:/box\n2:cpu,cpuacct:/box\n0::/\n"
		b.files[mount+"/box/cpu.cfs_quota_us"] = "-1\n"
		b.files[mount+"/box/cpu.cfs_period_us"] = "100000\n"
		b.files[mount+"/box/cpu.stat"] = "nr_periods 10\nnr_throttled 5\nthrottled_time 1\n"
		b.files["sys/fs/cgroup/memory/box/memory.limit_in_bytes"] = "1073741824\n"
		b.files["sys/fs/cgroup/memory/box/memory.usage_in_bytes"] = "900000000\n"
		b.files["sys/fs/cgroup/memory/box/memory.stat"] = "total_inactive_file 300000000\ntotal_active_file 200000000\n"
		for file, text := range change {
			b.files[mount+"/"+file] = text
		}
	}
}

const both, alone = "sys/fs/cgroup/cpu,cpuacct", "sys/fs/cgroup/cpu"

var cgroupRules = []rule[*bench]{
	{"as many CPUs as threads", all(), "cpu-limit", isFine, "allows 2.00 CPUs, and GOMAXPROCS is 2"},
	{"no limit", set(job+"cpu.max", "max 100000"), "cpu-limit", isFine, "no limit of CPU time; GOMAXPROCS is 2"},
	{"more threads than CPUs", func(b *bench) { b.procs = 3 }, "cpu-limit", isProblem, "2.00 CPUs, and GOMAXPROCS is 3"},
	{"more than Go's least", all(set(job+"cpu.max", "100000 100000"), func(b *bench) { b.procs = 3 }), "cpu-limit", isProblem, "1.00 CPUs"},
	{"Go's least of threads", set(job+"cpu.max", "100000 100000"), "cpu-limit", isNote, "1.00 CPUs, and GOMAXPROCS is 2: threads"},
	{"one thread", all(set(job+"cpu.max", "100000 100000"), func(b *bench) { b.procs = 1 }), "cpu-limit", isNote, "on 2 CPUs"},
	{"a fraction", set(job+"cpu.max", "150000 100000"), "cpu-limit", isNote, "1.50 CPUs"},
	{"more CPUs than the limit", func(b *bench) { b.cpus = 8 }, "cpu-limit", isNote, "on 8 CPUs"},
	{"the limit of a group above", set("sys/fs/cgroup/box/cpu.max", "50000 100000"), "cpu-limit", isNote, "0.50 CPUs"},
	{"a path of the host's", all(set("proc/self/cgroup", "0::/host/pod"), set("sys/fs/cgroup/cpu.max", "100000 100000")), "cpu-limit", isNote, "1.00 CPUs"},
	{"a path above the root", all(set("proc/self/cgroup", "0::/../.."), set("sys/fs/cgroup/cpu.max", "100000 100000")), "cpu-limit", isNote, "1.00 CPUs"},
	{"an odd limit", set(job+"cpu.max", "lots"), "cpu-limit", isFine, "no limit"},
	{"version 1 without a limit", version1(both, nil), "cpu-limit", isFine, "no limit"},
	{"version 1", version1(both, files{"box/cpu.cfs_quota_us": "50000"}), "cpu-limit", isNote, "0.50 CPUs"},
	{"version 1, mounted alone", version1(alone, files{"box/cpu.cfs_quota_us": "50000"}), "cpu-limit", isNote, "0.50 CPUs"},
	{"not mounted", without("sys/fs/cgroup"), "cpu-limit", isUnknown, "does not tell"},
	{"no cgroups", without("cgroup"), "cpu-limit", isUnknown, "does not tell"},

	{"never stopped", all(), "cpu-throttling", isFine, "in 0 of 1000 periods"},
	{"seldom stopped", set(job+"cpu.stat", "nr_periods 1000\nnr_throttled 10"), "cpu-throttling", isFine, "in 10 of 1000 periods"},
	{"often stopped", set(job+"cpu.stat", "nr_periods 1000\nnr_throttled 11"), "cpu-throttling", isNote, "in 11 of 1000 periods"},
	{"stopped now", later(job+"cpu.stat", "nr_periods 1010\nnr_throttled 1"), "cpu-throttling", isProblem, "1 period just now"},
	{"stops of a group without a limit", all(set(job+"cpu.max", "max 100000"), set(job+"cpu.stat", "nr_periods 9\nnr_throttled 9")), "cpu-throttling", isFine, "no limit"},
	{"stops not told", without("cpu.stat"), "cpu-throttling", isUnknown, "does not tell"},
	{"version 1 often stopped", version1(both, files{"box/cpu.cfs_quota_us": "50000"}), "cpu-throttling", isNote, "in 5 of 10 periods"},
	{"no cgroups", without("cgroup"), "cpu-throttling", isUnknown, "does not tell"},

	{"version 1", version1(both, nil), "memory", isFine, "642 MiB of the cgroup's 1024 MiB"},
}

func TestCgroupRules(t *testing.T) { followMachine(t, cgroupRules) }
