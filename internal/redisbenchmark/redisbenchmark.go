// Package redisbenchmark executes trials by redis-benchmark, the program that
// comes with Redis, so that its numbers can be set beside those of libraries.
//
// A trial is one run of it for SET and one for GET, each with a clock of its
// own, and before them runs that write the keys and tell how fast it goes. Its
// keys are the run's prefix and twelve digits. In a pipeline it sends as many
// commands of one kind in a batch as there are pairs in a flush.
package redisbenchmark

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/results"
)

// Name is that of the client, and of the program on PATH.
const Name = "redis-benchmark"

// Unchecked is the warning that belongs to every trial.
var Unchecked = results.Warning{
	Code: "unchecked",
	Text: "redis-benchmark looks at no reply, nearly all of its GETs find a key, and its latency is the time to the first byte of a batch of replies, " +
		"in steps of some 10 us up to 3 s; its CPU time includes its start; it knows no time-out, so --timeout holds only until a first reply",
	Advice: "its throughput is of single commands, where a set+get is two: beside it, look at twice that of raw, which checks every reply, and its batch is of --depth commands, not pairs; do not compare latencies",
}

// Library is what a plan knows of it. Nothing opens it: its trials are
// executed by Execute.
func Library() clients.Library {
	return clients.Library{Name: Name, Variants: []clients.Variant{{
		Name:    "default",
		Doc:     "a SET run and a GET run of redis-benchmark, which checks no reply; -c workers, -P depth",
		Has:     clients.Capabilities{Pipeline: true},
		Reaches: reaches,
	}}}
}

func reaches(t clients.Target) error {
	return cmp.Or(clients.NeedStandalone(Name, t), clients.NeedConnPerWorker(Name, t))
}

// Missing tells why no trial can be executed here, and what changes that;
// empty: it can.
func Missing() string {
	if _, err := exec.LookPath(Name); err != nil {
		return "needs redis-benchmark: apt-get install redis-tools"
	}
	return ""
}

// What the program may take to tell its version.
const (
	versionTime  = 10 * time.Second
	versionBytes = 1 << 10
)

// Version is that of the program on PATH; empty if it does not tell in time.
func Version(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, versionTime)
	defer cancel()
	child, err := proc.Start(proc.Command{Args: []string{Name, "--version"}, OwnGroup: true})
	if err != nil {
		return ""
	}
	defer context.AfterFunc(ctx, func() { kill(child) })()
	_ = child.Stdin.Close()
	text, _ := io.ReadAll(io.LimitReader(child.Stdout, versionBytes))
	_ = child.Stdout.Close()
	if child.Wait() != nil {
		return ""
	}
	words := strings.Fields(string(text)) // redis-benchmark 7.0.15
	if len(words) < 2 {
		return ""
	}
	return words[1]
}

// kill ends a child and what it has started, and no longer reads what they write.
func kill(child *proc.Child) {
	_ = child.KillGroup()
	_ = child.Stdout.Close()
}

// scenarios are those that it comes close to.
var scenarios = []string{"sync", "pipelined", "concurrent", "concurrent-pipelined"}

// Lacks tells why it cannot measure a point; empty: it can.
func Lacks(p results.Point, access results.Access) string {
	l := p.Load
	for _, lack := range []struct {
		lacks bool
		what  string
	}{
		{!slices.Contains(scenarios, p.Scenario), "does only " + strings.Join(scenarios, ", ")},
		{p.Disturb != "", "goes on from no error, so it is not disturbed"},
		{l.Rate > 0, "has no open loop"},
		{l.Sizes != "", "writes values of one size"},
		{l.Keys != "", "takes all keys equally often"},
		{l.Mix != "" || l.Misses > 0, "sends SET and GET apart"},
		{l.Conns != 0 && l.Conns != l.Workers, fmt.Sprintf("holds one connection for each worker: %d, not %d", l.Workers, l.Conns)},
		{p.Settings.Isolation == "none", "is a program of its own, so it is measured only with --isolate process"},
		{cmp.Or(p.Settings.Context, "background") != "background", "has no contexts, so it is measured only with --context background"},
		{cmp.Or(access.Mode, results.Standalone) != results.Standalone, "is for a standalone server here"},
		{access.Password != "", "takes a password only on its command line, where every user of the machine can read it"},
		{access.TLS != nil && access.TLS.Key != "", "takes a client's key only from a file, and none is written"},
	} {
		if lack.lacks {
			return Name + " " + lack.what
		}
	}
	return ""
}
