package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/results"
)

// load is what a point is run with, in words.
func load(l results.Load) string {
	words := []string{progress.Count(l.Workers, "worker")}
	say := func(holds bool, format string, args ...any) {
		if holds {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	say(l.Rate > 0, "%s/s %s", strconv.FormatFloat(l.Rate, 'f', -1, 64), l.Arrivals)
	say(l.Receivers > 0, "%s", progress.Count(l.Receivers, "receiver"))
	say(l.Sizes != "", "%s bytes", l.Sizes)
	say(l.Sizes == "" && l.DataSize > 0, "%s", progress.Count(l.DataSize, "byte"))
	say(l.Keyspace > 0, "%s", progress.Count(l.Keyspace, "key"))
	say(l.Keys != "", "keys %s", l.Keys)
	say(l.Mix != "", "mix %s", l.Mix)
	say(l.Misses > 0, "hit ratio %.4g", 1-l.Misses)
	say(l.Depth > 0, "flush of %d", l.Depth)
	say(l.Conns > 0, "%s", progress.Count(l.Conns, "connection"))
	say(l.BatchMax > 0, "batches of %d after %v", l.BatchMax, l.BatchWait)
	return strings.Join(words, ", ")
}

// on names the server of a point where there are several.
func on(p results.Point, places []*place) string {
	for i, w := range places {
		if len(places) > 1 && p.Server == plan.Server(i) {
			return " on " + cmp.Or(w.label, p.Server)
		}
	}
	return ""
}

// commandWords are what the server gets once an op, of each kind.
func commandWords(byKind map[string][]string) string {
	var words []string
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		text := strings.Join(byKind[kind], ", ")
		if text != "" && len(byKind) > 1 {
			text = kind + ": " + text
		}
		words = append(words, text)
	}
	return strings.Join(words, "; ")
}
