package runner

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// Bounds beyond which a reader is warned.
const (
	saturated   = 0.9 // share of the client's CPUs
	stolen      = 0.02
	shortWindow = 200 * time.Millisecond
)

// warnings say why a trial's number may mean less than it seems.
func (w *window) warnings(t *results.Trial) []results.Warning {
	var list []results.Warning
	warn := func(holds bool, code, advice, format string, args ...any) {
		if holds {
			list = append(list, results.Warning{Code: code, Text: fmt.Sprintf(format, args...), Advice: advice})
		}
	}
	if t.Status != results.OK {
		return nil
	}
	p, limit := t.Point.Placement, t.Limit
	if t.Cost.UserCPU != nil && t.Window > 0 && p.Procs > 0 {
		procs, which, advice := p.Procs, "its "+cpus(p.Procs), saturationAdvice(p)
		if w.cpus > 0 && w.cpus < procs {
			procs, which, advice = w.cpus, "the "+cpus(w.cpus)+" that it can use", "more processes of it, or a client that uses more cores"
		}
		share := float64(*t.Cost.UserCPU+*t.Cost.SystemCPU) / float64(t.Window) / float64(procs)
		warn(share > saturated && t.Point.Load.Workers > 1, "client-saturated", advice,
			"the client used %.0f%% of %s: it is the bottleneck, not the server", 100*share, which)
	}
	steps := t.Attempts / int64(max(t.Point.Load.Depth, 1))
	warn(steps < max(limit.Steps, limit.MinSteps), "fewer-ops", "raise --max-time",
		"%d ops were done where %d were asked for: the time ran out", t.Ops, max(limit.Steps, limit.MinSteps)*int64(max(t.Point.Load.Depth, 1)))
	warn(len(t.Warm.Errors) > 0, "warm-up-errors", "look at the server and its limits before believing the rest",
		"steps failed in the warm-up: %s", classes(t.Warm.Errors))
	warn(t.Window < shortWindow, "short-trial", "raise --ops, or use --duration",
		"the trial lasted only %v", t.Window.Round(10*time.Microsecond))
	warn(w.steal.StolenShare() > stolen, "steal", "measure on a machine of its own",
		"the hypervisor took away %.0f%% of the CPU time that was wanted", 100*w.steal.StolenShare())
	warn(t.Point.Settings.Isolation == "none", "not-isolated", "leave --isolate none to debugging",
		"trials ran in respbench's own process: heap and scheduler are shared with it")
	warn(w.before != nil && w.before.Others != nil && *w.before.Others > 0, "other-clients", othersAdvice,
		"other clients were connected to the server")
	w.scheduleWarnings(t, warn)
	return list
}

// A warner adds a warning if it holds.
type warner func(holds bool, code, advice, format string, args ...any)

// scheduleWarnings are about an open loop, and about reads of what is not there.
func (w *window) scheduleWarnings(t *results.Trial, warn warner) {
	for _, k := range t.Kinds {
		if k.Reads != nil {
			warn(k.Reads.Unintended > 0, "missing-keys", "look for evictions and expiry on the server, and for others who delete",
				"%d of %d reads of %s asked for keys that should be there and were not", k.Reads.Unintended, k.Reads.Hits+k.Reads.Misses, k.Name)
		}
	}
	s := t.Schedule
	if s == nil {
		return
	}
	warn(s.Overloaded(), "overloaded", "offer less: the latencies of such a trial only tell how long it ran",
		"%.0f of %.0f ops a second were achieved", s.Achieved, s.Offered)
	response := fastestMedian(t.Kinds)
	for _, p := range []int{99, 90, 50} { // the highest that so many samples give
		lag := quantile(s.Lag, float64(p)/100)
		warn(!s.Overloaded() && response > 0 && lag > response/mostLag, "sender-lag", "a machine with more cores for the client, or a lower rate",
			"respbench itself sent steps %d us late (p%d), more than a tenth of the response time's p50, %d us", lag.Microseconds(), p, response.Microseconds())
		if lag > 0 {
			return
		}
	}
}

// mostLag is how many times the sender's lag must fit into the response time.
const mostLag = 10

// fastestMedian is the shortest p50 of the response time of any kind; 0: there
// is none.
func fastestMedian(kinds []results.Kind) (shortest time.Duration) {
	for _, k := range kinds {
		if k.Response == nil {
			continue
		}
		if p50 := quantile(*k.Response, 0.5); p50 > 0 && (shortest == 0 || p50 < shortest) {
			shortest = p50
		}
	}
	return shortest
}

// quantile is 0 where it is not known.
func quantile(r results.Recording, q float64) time.Duration {
	ns, _ := r.Quantile(q)
	return time.Duration(ns).Round(time.Microsecond)
}

// classes are counts in words: "refused 3, reset 2".
func classes(errors map[string]int64) string {
	var words []string
	for _, class := range slices.Sorted(maps.Keys(errors)) {
		words = append(words, fmt.Sprintf("%s %d", class, errors[class]))
	}
	return strings.Join(words, ", ")
}

func saturationAdvice(p results.Placement) string {
	if len(p.Client) == 1 {
		return "one core for the client is too few here: --pin none, or a machine with more cores"
	}
	return "a machine with more cores, or fewer workers"
}

func cpus(n int) string {
	if n == 1 {
		return "one CPU"
	}
	return fmt.Sprintf("%d CPUs", n)
}

const othersAdvice = "measure a server that nobody else uses"

// others counts clients in words.
func others(n int64) string {
	if n == 1 {
		return "1 other client was"
	}
	return fmt.Sprintf("%d other clients were", n)
}

// othersWarnings are about whom a measurement meets, or disturbs.
func othersWarnings(s server.Stats, points []results.Point) []results.Warning {
	if s.Others == nil || *s.Others == 0 {
		return nil
	}
	list := []results.Warning{{
		Code: "other-clients", Text: others(*s.Others) + " connected to the server",
		Advice: othersAdvice,
	}}
	reaches := func(p results.Point) bool {
		return strings.Contains(p.Disturb, results.Pause) || strings.Contains(p.Disturb, results.Failover)
	}
	if slices.ContainsFunc(points, reaches) {
		list = append(list, results.Warning{
			Code: "others-disturbed", Text: "a pause or a failover reaches them, too",
			Advice: "leave --disturb to a server that nobody else uses",
		})
	}
	return list
}

// serverWarnings are about how the server is set up.
func serverWarnings(s results.Server) []results.Warning {
	var list []results.Warning
	if save := s.Config["save"]; save != "" {
		list = append(list, results.Warning{
			Code: "server-persists", Text: "the server writes snapshots (save " + save + ")",
			Advice: "a snapshot during a trial forks the server: measure without, or know that you want it",
		})
	}
	if s.Config["appendonly"] == "yes" {
		list = append(list, results.Warning{
			Code: "server-persists", Text: "the server writes every change to a file (appendonly yes)",
			Advice: "the numbers hold for this durability setting only",
		})
	}
	if policy := s.Config["maxmemory-policy"]; s.Config["maxmemory"] != "" && s.Config["maxmemory"] != "0" && policy != "noeviction" {
		list = append(list, results.Warning{
			Code: "server-evicts", Text: "the server evicts keys when memory is short (" + policy + ")",
			Advice: "watch its memory: other keys may have to go",
		})
	}
	return list
}

// readCPUTime is zero where the system does not tell.
func readCPUTime() results.CPUTime {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return results.CPUTime{}
	}
	return results.ParseCPUTime(string(stat))
}
