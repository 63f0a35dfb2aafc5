package runner

import (
	"context"
	"fmt"
	"strings"
	"time"

	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// A window is what the server and the machine said before a trial's client was
// opened, when it had warmed, and when its window had ended. Nil: they would
// not say.
type window struct {
	ctx   context.Context
	admin *server.Admin

	before, ready, ended *server.Stats
	harness, readied     map[string]int64 // commands of our own from before to ended, and of those up to ready
	// unknowing: the client may have dialled more connections than it says. Of a
	// driver on a server of our own, which nobody else knows, that is no matter.
	unknowing bool
	unchecked string // why the server need not confirm the trial; or empty
	foreign   bool   // what says so is the program of others: was its work in its window?
	cpus      int    // that it can keep busy at most; 0: any number

	stealReady, steal results.CPUTime
}

func (w *window) open() { w.before = w.stats() }

// start is called after so many SETs of our own.
func (w *window) start(sets int64) {
	w.ready = w.stats()
	w.readied = map[string]int64{"set": sets}
	w.stealReady = readCPUTime()
}

func (w *window) end() {
	w.steal = readCPUTime().Since(w.stealReady)
	w.ended = w.stats()
}

func (w *window) stats() *server.Stats {
	s, err := w.admin.Stats(w.ctx)
	if err != nil {
		return nil
	}
	return &s
}

// judge has the server confirm what the trial says, and takes the server's CPU
// time where nothing but the trial can have used it.
func (w *window) judge(record *results.Trial, commands map[string][]string) {
	if w.before == nil || w.ready == nil || w.ended == nil {
		if w.ctx.Err() != nil {
			return // nobody asked
		}
		record.Confirmed = &results.Confirmation{Note: "the server did not answer INFO"}
		return
	}
	record.Redirects = w.redirects()
	if record.Point.Disturb != "" {
		record.Confirmed = &results.Confirmation{Note: "a disturbed trial is not confirmed"}
		return
	}
	counts, sent := expected(record.Measured, commands)
	record.ServerCPU = w.serverCPU(sent)
	record.Confirmed = w.confirm(record, counts)
	hold(record, record.Confirmed.Commands, "")
	if w.foreign && record.Confirmed.Note == "" {
		hold(record, w.within(record.Measured, commands), " in its window")
	}
}

// hold fails a trial of which the server counted less than was done, or more
// than was tried.
func hold(record *results.Trial, counts []results.CommandCount, when string) {
	for _, c := range counts {
		if record.Status == results.OK && (c.Server < c.Done || c.Server > c.Attempts) {
			record.Status = results.Failed
			record.Reason = fmt.Sprintf("the server counted %d %s%s, the client did %d and tried %d", c.Server, c.Command, when, c.Done, c.Attempts)
		}
	}
}

// within are the counts of the window alone, in which steps may be served that
// failed in the warm-up.
func (w *window) within(m *results.Measured, commands map[string][]string) []results.CommandCount {
	counts, _ := expected(windowOf(m), commands)
	for i, c := range counts {
		name := strings.ToLower(c.Command)
		counts[i].Server = w.ended.Calls[name] - w.ready.Calls[name] - (w.harness[name] - w.readied[name])
	}
	return counts
}

// restarted reports whether another process serves now: it lacks what was not
// saved or not replicated.
func (w *window) restarted() bool {
	return w.before != nil && w.ended != nil && w.before.Process != w.ended.Process
}

// redirects are those of a cluster's nodes that served at both edges; nil if
// they do not tell.
func (w *window) redirects() map[string]int64 {
	if w.before.Redirects == nil || w.ended.Redirects == nil {
		return nil
	}
	during := map[string]int64{}
	for process, ended := range w.ended.Redirects {
		before, known := w.before.Redirects[process]
		for name, n := range ended {
			if known && n > before[name] {
				during[name] += n - before[name]
			}
		}
	}
	return during
}

// ourOwn is how many commands an asking takes at most, of a cluster of some
// nodes.
const ourOwn = 20

// serverCPU is nil if the server has processed more than 1 % beyond what we
// sent: its time is then not the trial's alone.
func (w *window) serverCPU(sent int64) *time.Duration {
	if w.ready.CPU == nil || w.ended.CPU == nil || w.ready.Commands == nil || w.ended.Commands == nil {
		return nil
	}
	processed, used := *w.ended.Commands-*w.ready.Commands, *w.ended.CPU-*w.ready.CPU
	if w.ended.Process != w.ready.Process || used < 0 || float64(processed) > 1.01*float64(sent)+ourOwn {
		return nil
	}
	return &used
}

// confirm sets the server's counts beside ours, warm-up included, where only
// this trial can have made them.
func (w *window) confirm(record *results.Trial, counts []results.CommandCount) *results.Confirmation {
	if note := w.unconfirmable(record, len(counts)); note != "" {
		return &results.Confirmation{Note: note}
	}
	c := &results.Confirmation{}
	for _, count := range counts {
		name := strings.ToLower(count.Command)
		count.Server = w.ended.Calls[name] - w.before.Calls[name] - w.harness[name]
		if count.Server > count.Attempts && w.mayHideOthers() {
			return &results.Confirmation{Note: fmt.Sprintf(
				"the server counted %d %s, the client tried %d: others may have connected during the trial", count.Server, count.Command, count.Attempts)}
		}
		c.Commands = append(c.Commands, count)
	}
	return c
}

// mayHideOthers reports whether others could have connected unnoticed: where the
// client also dials Sentinels and replicas, of which we do not count the
// connections, that many may be others' on the masters.
func (w *window) mayHideOthers() bool {
	mode := w.admin.Access().Mode
	return mode == results.Sentinel || mode == results.Cluster
}

// unconfirmable says why the server's counts cannot be taken for the trial's.
func (w *window) unconfirmable(record *results.Trial, counts int) string {
	switch {
	case w.unchecked != "":
		return w.unchecked
	case counts == 0:
		return "nothing to confirm"
	case len(w.ended.Calls) == 0:
		return "the server does not tell commandstats"
	case w.before.Others == nil || w.ended.Connections == nil || w.before.Connections == nil:
		return "the server does not tell its clients"
	case w.restarted():
		return "the server was restarted during the trial"
	case *w.before.Others > 0:
		return others(*w.before.Others) + " connected to the server"
	case !w.unknowing && *w.ended.Connections-*w.before.Connections > record.Conns.Dialled:
		return "others connected to the server during the trial"
	default:
		return ""
	}
}
