package report

import (
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/results"
)

// load leaves out what the scenario does not use.
func (f *facts) load(r Row) {
	l := r.Point.Load
	f.say(counted(l.Workers, "worker"), results.FieldWorkers)
	f.say(pairs(l.Depth), results.FieldDepth)
	switch {
	case l.Sizes != "":
		f.say("values of "+l.Sizes+" B", results.FieldDataSize)
	case l.DataSize > 0:
		f.say(integer(l.DataSize)+" B values", results.FieldDataSize)
	}
	if l.Keyspace > 0 {
		f.say(counted(l.Keyspace, "key"), results.FieldKeyspace)
	}
	f.say(prefixed("keys ", l.Keys), results.FieldKeys)
	f.say(prefixed("mix ", l.Mix), results.FieldMix)
	if l.Misses > 0 {
		f.say(percent(1-l.Misses)+" of the reads hit, as asked for", results.FieldHitRatio)
	}
	f.batches(l)
	if l.Receivers > 0 {
		f.say(counted(l.Receivers, "receiver"), results.FieldReceivers)
	}
	f.say(prefixed("commands: ", strings.ReplaceAll(l.Lines, "\n", ", ")), results.FieldCommands)
}

func (f *facts) batches(l results.Load) {
	if l.BatchMax > 0 {
		f.say(fmt.Sprintf("batches of %s at most", integer(l.BatchMax)), results.FieldBatchMax)
	}
	if l.BatchWait > 0 {
		f.say(fmt.Sprintf("batch delay %s", durationWords(l.BatchWait)), results.FieldBatchDelay)
	}
}

// pace says how steps were started, unless that is as soon as the one before
// had ended.
func (f *facts) pace(rows []Row) {
	l := typical(rows).Point.Load
	arrivals := ""
	if f.constant(results.FieldArrivals) {
		arrivals = ", " + l.Arrivals
	}
	switch {
	case slices.ContainsFunc(rows, func(r Row) bool { return !r.open() }):
	case f.constant(results.FieldRate):
		f.said = append(f.said, fmt.Sprintf("open loop, %s offered%s", rateWords(l.Rate), arrivals))
	default:
		f.said = append(f.said, "open loop"+arrivals)
	}
}
