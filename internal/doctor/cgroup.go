package doctor

import (
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"respbench.dev/respbench/results"
)

// A cgroup is what limits the CPU time of our process.
type cgroup struct {
	known   bool
	cpus    float64  // of the tightest limit; 0: none
	limited []string // folders of groups that limit
}

const mountpoint = "sys/fs/cgroup"

// cgroupFolders are those of the groups that we are in, the innermost first; v2
// tells which version's files they have. In a container the path that the
// kernel tells may be the host's: then only the folders above it are there.
func (m Machine) cgroupFolders(controller string) (folders []string, v2 bool) {
	own, _ := m.text("proc/self/cgroup")
	_, err := fs.Stat(m.Files, mountpoint+"/cgroup.controllers")
	v2 = err == nil
	for line := range strings.Lines(own) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 {
			continue
		}
		switch controllers := strings.Split(parts[1], ","); {
		case v2 && parts[1] == "":
			return m.upwards(mountpoint, parts[2]), true
		case !v2 && slices.Contains(controllers, controller):
			return append(m.upwards(mountpoint+"/"+parts[1], parts[2]), m.otherMount(controller, parts)...), false
		}
	}
	return nil, v2
}

// otherMount is where a controller is mounted under its own name, beside
// others'.
func (m Machine) otherMount(controller string, parts []string) []string {
	if parts[1] == controller {
		return nil
	}
	return m.upwards(mountpoint+"/"+controller, parts[2])
}

// upwards are the folders from group to mount that are there.
func (m Machine) upwards(mount, group string) (folders []string) {
	for at := path.Clean("/" + group); ; at = path.Dir(at) {
		folder := path.Join(mount, at)
		if _, err := fs.Stat(m.Files, folder); err == nil {
			folders = append(folders, folder)
		}
		if at == "/" {
			return folders
		}
	}
}

func (m Machine) cpuLimit() (g cgroup) {
	folders, v2 := m.cgroupFolders("cpu")
	for _, folder := range folders {
		g.known = true
		cpus := m.quota(folder, v2)
		if cpus == 0 {
			continue
		}
		g.limited = append(g.limited, folder)
		if g.cpus == 0 || cpus < g.cpus {
			g.cpus = cpus
		}
	}
	return g
}

// quota is how many CPUs a group may use; 0: as many as there are.
func (m Machine) quota(folder string, v2 bool) float64 {
	quota, _ := m.number(folder + "/cpu.cfs_quota_us")
	period, _ := m.number(folder + "/cpu.cfs_period_us")
	if v2 {
		text, _ := m.text(folder + "/cpu.max")
		most, every, _ := strings.Cut(text, " ")
		quota, _ = strconv.ParseInt(most, 10, 64) // "max" is none
		period, _ = strconv.ParseInt(every, 10, 64)
	}
	if quota <= 0 || period <= 0 {
		return 0
	}
	return float64(quota) / float64(period)
}

// leastProcs is the least that Go itself makes of a cgroup's limit.
const leastProcs = 2

// cpuQuota sets the limit against GOMAXPROCS: with more threads than CPUs all
// of them stand still until the period ends. Go itself rounds a fraction up.
func (m Machine) cpuQuota(g cgroup) results.Finding {
	const code = "cpu-limit"
	fewer := fmt.Sprintf("raise the cgroup's limit, or measure with run --gomaxprocs %d", max(1, int(g.cpus)))
	text := fmt.Sprintf("the cgroup allows %.2f CPUs, and GOMAXPROCS is %d", g.cpus, m.Procs)
	switch procs := float64(m.Procs); {
	case !g.known:
		return unknown(code, "look at the limits of the container, if this is one", "the system does not tell a cgroup's limit of CPU time")
	case g.cpus == 0:
		return fine(code, "no limit of CPU time; GOMAXPROCS is %d", m.Procs)
	case procs > max(leastProcs, math.Ceil(g.cpus)):
		return problem(code, fewer, "%s: threads will be stopped in turns", text)
	case procs > g.cpus:
		return note(code, fewer, "%s: threads may be stopped in turns", text)
	case float64(m.CPUs) > g.cpus:
		return note(code, "raise the cgroup's limit", "%s, on %s: a server that is started here shares the limit", text, count(int64(m.CPUs), "CPU"))
	}
	return fine(code, "%s", text)
}

// noteThrottled is the share of periods so far in which we were stopped.
const noteThrottled = 0.01

func throttling(g cgroup, before, after counters) results.Finding {
	const code, advice = "cpu-throttling", "raise the cgroup's limit of CPU time, or measure with a lower --gomaxprocs of run"
	periods, told := after.throttles["nr_periods"]
	stopped := after.throttles["nr_throttled"]
	switch {
	case !g.known:
		return unknown(code, "look at the limits of the container, if this is one", "the system does not tell whether a cgroup is stopped")
	case len(g.limited) == 0:
		return fine(code, "no limit of CPU time")
	case !told:
		return unknown(code, "look at the cgroup's cpu.stat on the host", "the cgroup does not tell how often it was stopped")
	case stopped > before.throttles["nr_throttled"]:
		return problem(code, advice, "the cgroup was stopped in %s just now", count(stopped-before.throttles["nr_throttled"], "period"))
	case float64(stopped) > noteThrottled*float64(periods):
		return note(code, advice, "the cgroup was stopped in %d of %s so far", stopped, count(periods, "period"))
	}
	return fine(code, "the cgroup was stopped in %d of %s so far", stopped, count(periods, "period"))
}
