package server

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// mixed stands for a setting that differs between the masters of a cluster.
const mixed = "mixed"

// sumStats is what the masters say together.
func sumStats(all []Stats) Stats {
	if len(all) == 0 {
		return Stats{}
	}
	sum := all[0]
	processes := []string{sum.Process}
	for _, s := range all[1:] {
		sum.CPU = added(sum.CPU, s.CPU)
		sum.Commands = added(sum.Commands, s.Commands)
		sum.Connections = added(sum.Connections, s.Connections)
		sum.Clients = added(sum.Clients, s.Clients)
		sum.Others = added(sum.Others, s.Others)
		sum.Evicted = added(sum.Evicted, s.Evicted)
		sum.UsedMemory = added(sum.UsedMemory, s.UsedMemory)
		sum.MaxMemory = addedLimit(sum.MaxMemory, s.MaxMemory)
		sum.Loading = either(sum.Loading, s.Loading)
		sum.Saving = either(sum.Saving, s.Saving)
		sum.AOF = either(sum.AOF, s.AOF)
		sum.Calls = addedCounts(sum.Calls, s.Calls)
		sum.Redirects = joined(sum.Redirects, s.Redirects)
		sum.Policy, sum.Role = common(sum.Policy, s.Policy), common(sum.Role, s.Role)
		sum.Note = cmp.Or(sum.Note, s.Note)
		addCounts(sum.Keys, s.Keys)
		processes = append(processes, s.Process)
	}
	slices.Sort(processes)
	sum.Process = strings.Join(processes, ",")
	return sum
}

// added is nil if one of both is.
func added[N ~int64](a, b *N) *N {
	if a == nil || b == nil {
		return nil
	}
	return new(*a + *b)
}

// addedLimit is 0, no limit, if one of both is.
func addedLimit(a, b *int64) *int64 {
	if a != nil && b != nil && (*a == 0 || *b == 0) {
		return new(int64(0))
	}
	return added(a, b)
}

func either(a, b *bool) *bool {
	if a == nil || b == nil {
		return nil
	}
	return new(*a || *b)
}

func common(a, b string) string {
	if a != b {
		return mixed
	}
	return a
}

// addedCounts is nil if one of both is. It adds to a.
func addedCounts(a, b map[string]int64) map[string]int64 {
	if a == nil || b == nil {
		return nil
	}
	addCounts(a, b)
	return a
}

// joined is nil if one of both is. It adds to a.
func joined(a, b map[string]map[string]int64) map[string]map[string]int64 {
	if a == nil || b == nil {
		return nil
	}
	maps.Copy(a, b)
	return a
}

func addCounts[K comparable](sum, more map[K]int64) {
	for key, n := range more {
		sum[key] += n
	}
}
