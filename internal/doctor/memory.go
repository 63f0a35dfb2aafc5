package doctor

import (
	"strings"

	"respbench.dev/respbench/results"
)

// Below leastMemory a trial (a heap of 64 MiB and its process) and a server
// with keys do not fit; below noteMemory of the whole the system begins to take
// memory back while it is measured.
const (
	leastMemory = 256 << 20
	noteMemory  = 0.1
)

func (m Machine) memory() results.Finding {
	const code, advice = "memory", "stop what else runs here, or measure on a larger machine"
	info := m.fields("proc/meminfo")
	total, available := info["MemTotal"]<<10, info["MemAvailable"]<<10
	if total == 0 || available == 0 {
		return unknown(code, "look at it with the system's own tools", "the system does not tell its free memory")
	}
	whose := "the machine's"
	if limit, room, ok := m.memoryLimit(total); ok {
		total, whose = limit, "the cgroup's"
		available = min(available, max(0, room))
	}
	switch text := mebibytes(available) + " of " + whose + " " + mebibytes(total) + " are free"; {
	case available < leastMemory:
		return problem(code, advice, "%s: a trial and a server need %s", text, mebibytes(leastMemory))
	case float64(available) < noteMemory*float64(total):
		return note(code, advice, "%s", text)
	default:
		return fine(code, "%s", text)
	}
}

// droppable is what the kernel takes back before a group reaches its limit, as
// memory.stat names it; that of version 1 has totals of the groups below.
var droppable = []string{"inactive_file", "active_file", "slab_reclaimable"}

// memoryLimit is that of the group, of those that we are in, which has the least
// room, and its room, in bytes. A limit beyond the machine's memory is none.
func (m Machine) memoryLimit(machine int64) (limit, room int64, ok bool) {
	folders, v2 := m.cgroupFolders("memory")
	most, current, prefix := "memory.limit_in_bytes", "memory.usage_in_bytes", "total_"
	if v2 {
		most, current, prefix = "memory.max", "memory.current", ""
	}
	for _, folder := range folders {
		own, known := m.number(folder + "/" + most)
		inUse, counted := m.number(folder + "/" + current)
		if !known || !counted || own >= machine {
			continue
		}
		left, stat := own-inUse, m.fields(folder+"/memory.stat")
		for _, name := range droppable {
			left += stat[prefix+name]
		}
		if !ok || left < room {
			limit, room, ok = own, left, true
		}
	}
	return limit, room, ok
}

// hugePages is about a kernel that copies 2 MiB where 4 KiB were written, as
// after a fork of the server.
func (m Machine) hugePages() results.Finding {
	const code = "transparent-huge-pages"
	text, _ := m.text("sys/kernel/mm/transparent_hugepage/enabled")
	_, rest, _ := strings.Cut(text, "[")
	switch mode, _, ok := strings.Cut(rest, "]"); {
	case !ok:
		return unknown(code, "a container may hide it: look at the host", "the system does not tell whether there are transparent huge pages")
	case mode == "always":
		return note(code, "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled, as root",
			"always: a server on this machine may stall when it forks")
	default:
		return fine(code, "%s", mode)
	}
}
