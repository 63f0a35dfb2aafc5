package results

import "time"

// A Status is how a trial ended.
type Status string

// The statuses.
const (
	OK          Status = "ok"
	Failed      Status = "failed"
	Skipped     Status = "skipped"     // a capability is missing
	Interrupted Status = "interrupted" // by a signal
	NotRun      Status = "not run"     // the server had gone
)

// A Trial is one line of the file: one timed execution of a point. The
// executor fills Measured; the rest is the runner's.
type Trial struct {
	Point    Point  `json:"point"`
	Executor string `json:"executor"`             // id in the header
	Side     string `json:"side,omitempty"`       // where there are two
	Pair     int    `json:"pair_group,omitempty"` // number of the two that were measured back to back, from 1
	Round    int    `json:"round"`                // from 1
	Order    int    `json:"order"`                // place among all trials of the run, from 1
	Limit    Limit  `json:"limit"`
	Warmup   Warmup `json:"warmup"`
	Seed     uint64 `json:"seed"`
	Status   Status `json:"status"`
	Reason   string `json:"reason,omitempty"`
	*Measured
	ServerCPU *time.Duration `json:"server_cpu_ns,omitempty"` // over the window; nil if not known or not ours alone
	Confirmed *Confirmation  `json:"confirmed,omitempty"`     // nil: the server could not be asked
	// Harness counts the commands on keys that the harness itself sent for this
	// trial, outside its window: the SET of the alive key, and those of keys that a
	// server had lost and that were loaded again.
	Harness map[string]int64 `json:"harness_commands,omitempty"`
	// Disturbances are what was done to the server, in order of time.
	Disturbances []Disturbance `json:"disturbances,omitempty"`
	// Redirects are those that a cluster's nodes answered, "moved" and "ask",
	// before the client was opened until the window's end; nil: not known.
	Redirects map[string]int64 `json:"redirects,omitempty"`
	Warnings  []Warning        `json:"warnings,omitempty"`
}

// Measured is what an executor reports of the trial it ran.
type Measured struct {
	Protocol  int               `json:"protocol"`
	Failure   string            `json:"failure,omitempty"` // why it counts as failed
	Stopped   bool              `json:"stopped,omitempty"` // it was asked to stop before its end
	Start     time.Time         `json:"start"`
	Window    time.Duration     `json:"window_ns"`
	Ops       int64             `json:"ops"`
	Attempts  int64             `json:"attempts"`               // in ops
	Errors    map[string]int64  `json:"errors,omitempty"`       // failed steps by class
	FirstErrs map[string]string `json:"first_errors,omitempty"` // the first error of each class
	Kinds     []Kind            `json:"kinds"`
	Metrics   []Metric          `json:"metrics,omitempty"`
	Schedule  *Schedule         `json:"schedule,omitempty"` // nil: closed loop
	// Sent counts commands that follow from no op, by their name in commandstats.
	Sent   map[string]Sent `json:"sent,omitempty"`
	Slices Slices          `json:"slices"`
	Gap    time.Duration   `json:"longest_gap_ns"` // the longest time without any success, to about a millisecond
	Warm   Warm            `json:"warm"`
	Cost   Cost            `json:"cost"`
	Conns  Conns           `json:"conns"`
	// FirstReply is from opening the client to the end of its first successful
	// step, in the warm-up if there is one; 0: nothing succeeded.
	FirstReply time.Duration `json:"open_to_first_reply_ns,omitempty"`
	Resolved   Resolved      `json:"resolved"`
	Outages    []Outage      `json:"outages,omitempty"` // of a disturbed trial
	Tally      *Tally        `json:"tally,omitempty"`   // of a scenario that counts
}

// A Kind is what was recorded of one sort of op.
type Kind struct {
	Name         string `json:"name"`
	Unit         string `json:"unit"`   // of throughput: "set+get"
	Sample       string `json:"sample"` // what one latency sample is: "set+get", "flush of 16"
	OpsPerSample int    `json:"ops_per_sample"`
	Ops          int64  `json:"ops"`
	Attempts     int64  `json:"attempts"`
	WarmOps      int64  `json:"warm_ops,omitempty"`
	WarmAttempts int64  `json:"warm_attempts,omitempty"`
	// Window is that of a kind that had the clock for itself, a part of the trial's;
	// 0: it ran beside the others, and the trial's window is its own.
	Window  time.Duration `json:"window_ns,omitempty"`
	Service Recording     `json:"service_ns"` // from when a step was sent
	// Response is from when a step was due; nil: closed loop.
	Response *Recording `json:"response_ns,omitempty"`
	Failed   Recording  `json:"failed_ns"`
	Reads    *Reads     `json:"reads,omitempty"` // nil: it reads nothing, or does not tell
}

// Reads counts keys that were read.
type Reads struct {
	Hits   int64 `json:"hits"`
	Misses int64 `json:"misses"`
	// Unintended misses are those of keys that should have been there.
	Unintended int64 `json:"unintended,omitempty"`
}

// A Metric is a series of numbers that a scenario records beside the service
// times.
type Metric struct {
	Name   string    `json:"name"`
	Unit   string    `json:"unit"`             // "ns", "bytes", or what is counted
	Better string    `json:"better,omitempty"` // lower or higher; empty: neither
	Values Recording `json:"values"`
}

// A Schedule is how the steps of an open loop were started. Its rates are in
// ops a second of the whole trial.
type Schedule struct {
	Offered  float64   `json:"offered"`  // what came due
	Achieved float64   `json:"achieved"` // what was sent before the trial was to end, and done
	Due      int64     `json:"due"`      // steps
	Unsent   int64     `json:"unsent"`   // of those, given up because the trial had to end
	Late     int64     `json:"late"`     // of those, due while their worker was in an earlier step; unsent ones, too
	Lag      Recording `json:"lag_ns"`   // how long after it was due, and its worker free, a step was sent
	Wake     Recording `json:"wake_ns"`  // how late the pacer itself was
}

// Kept is the share of the offered rate below which a trial was overloaded.
const Kept = 0.99

// Overloaded reports whether the trial could not keep its schedule: its
// latencies then tell how long it ran, and nothing else.
func (s *Schedule) Overloaded() bool { return s != nil && s.Achieved < Kept*s.Offered }

// Sent is how many commands were answered, and how many were sent.
type Sent struct {
	Done  int64 `json:"done"`
	Tried int64 `json:"tried"`
	// Warm is how many of the latter were sent before the clock started.
	Warm int64 `json:"warm,omitempty"`
}

// Slices are the trial's course: equal stretches of Length from its start.
type Slices struct {
	Length time.Duration `json:"length_ns"`
	Ops    []int64       `json:"ops"`
	Errors []int64       `json:"errors"`
	// Longest is the longest successful step that ended in the slice, in ns.
	Longest []int64 `json:"longest_ns"`
	// Coarse counts successful steps by power of two: entry b counts those of
	// at least 2^(b+CoarseShift) ns, the first also the shorter ones and the
	// last also the longer. Trailing zeros are left out.
	Coarse [][]int64 `json:"coarse"`
}

// CoarseShift is the exponent of the first coarse bucket: 2^10 ns.
const CoarseShift = 10

// Warm is what the warm-up did.
type Warm struct {
	Time     time.Duration    `json:"time_ns"`
	Ops      int64            `json:"ops"`
	Attempts int64            `json:"attempts"`
	Errors   map[string]int64 `json:"errors_by_class,omitempty"` // failed steps
}

// Cost is what the client process spent over the window. Nil is unknown.
type Cost struct {
	UserCPU   *time.Duration `json:"user_cpu_ns"`
	SystemCPU *time.Duration `json:"system_cpu_ns"`
	Allocs    *int64         `json:"allocs"`
	Bytes     *int64         `json:"alloc_bytes"`
	GCs       *int64         `json:"gc_cycles"`
	GCCPU     *time.Duration `json:"gc_cpu_ns"`
	GOGC      int            `json:"gogc"`
	PeakBytes *int64         `json:"peak_bytes"` // highest resident size of the process so far
	Ballast   int64          `json:"ballast_bytes"`
}

// Conns counts connections: what the client said it would hold at most, and
// how many dials were seen up to the end of the window.
type Conns struct {
	Declared int   `json:"declared"`
	Dialled  int64 `json:"dialled"`
}

// Resolved is what the client really used.
type Resolved struct {
	RESP    int               `json:"resp"`
	Shares  bool              `json:"shares,omitempty"` // concurrent callers share connections and are batched
	Options map[string]string `json:"options,omitempty"`
}

// A Confirmation sets the server's own count beside ours. Done and Attempts
// include the warm-up.
type Confirmation struct {
	Commands []CommandCount `json:"commands,omitempty"`
	Note     string         `json:"note,omitempty"` // why it could not be confirmed
}

// A CommandCount holds the three numbers that must ascend.
type CommandCount struct {
	Command  string `json:"command"`
	Done     int64  `json:"done"`
	Server   int64  `json:"server"`
	Attempts int64  `json:"attempts"`
}

// A Warning is something that may make a number mean less than it seems.
type Warning struct {
	Code   string `json:"code"`   // stable, for programs: "client-saturated"
	Text   string `json:"text"`   // what was seen
	Advice string `json:"advice"` // what to do
}
