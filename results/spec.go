// Package results is the data of respbench: the spec that a trial is run
// from, the record that comes back, and the file that keeps them. It is read
// by everything that reports, and by other programs, so fields are only ever
// added: a reader ignores what it does not know, and refuses a schema number
// it does not know.
package results

import "time"

// Protocol is the version of the conversation with whoever executes a trial.
const Protocol = 1

// Schema is the version of the file.
const Schema = 1

// A Spec is everything an executor needs to run one trial; it applies no
// defaults. Addresses and credentials come apart from it, as Access.
type Spec struct {
	Protocol int    `json:"protocol"`
	Run      string `json:"run"` // in the key prefix
	Point    Point  `json:"point"`
	Seed     uint64 `json:"seed"`      // of this trial
	DataSeed uint64 `json:"data_seed"` // of the run: what the loader wrote
	// Earlier are the seeds of the run's trials before this one, where keys may
	// come to hold again what these wrote: after a failover.
	Earlier []uint64 `json:"earlier_seeds,omitempty"`
	Limit   Limit    `json:"limit"`
	Warmup  Warmup   `json:"warmup"`
}

// A Point is what one trial runs: equal points measure the same thing.
type Point struct {
	Scenario  string    `json:"scenario"`
	Version   int       `json:"version"` // of the scenario
	Library   string    `json:"library"`
	Variant   string    `json:"variant"`
	Server    string    `json:"server"` // id in the header
	Load      Load      `json:"load"`
	Placement Placement `json:"placement"`
	Settings  Settings  `json:"settings"`
	Disturb   string    `json:"disturb,omitempty"` // what is done to the server during the trial: see ParseDisturb
}

// Cell is the scenario with what disturbs it: "sync+restart@2s".
func (p Point) Cell() string {
	if p.Disturb == "" {
		return p.Scenario
	}
	return p.Scenario + "+" + p.Disturb
}

// firstVariant is the name of every library's first variant, printed without it.
const firstVariant = "default"

// Client is the library and variant as they are typed and printed.
func (p Point) Client() string {
	if p.Variant == "" || p.Variant == firstVariant {
		return p.Library
	}
	return p.Library + ":" + p.Variant
}

// Load is what a scenario is run with. A field that the scenario does not use
// is zero.
type Load struct {
	Workers   int           `json:"workers"`
	Depth     int           `json:"depth,omitempty"` // pairs in one flush
	DataSize  int           `json:"data_size"`       // bytes of the largest value
	Sizes     string        `json:"sizes,omitempty"` // of values, "100-1000" or "64:3,1024:1"; empty: all have DataSize
	Keyspace  int           `json:"keyspace"`
	Keys      string        `json:"keys,omitempty"`   // which are taken, "zipf:0.99"; empty: each worker its own, in order
	Conns     int           `json:"conns,omitempty"`  // asked for; 0 is the library's own formula
	Mix       string        `json:"mix,omitempty"`    // weights of kinds: "get:95,set:5"
	Misses    float64       `json:"misses,omitempty"` // share of the reads that ask for keys that are not there
	BatchMax  int           `json:"batch_max,omitempty"`
	BatchWait time.Duration `json:"batch_delay_ns,omitempty"`
	Receivers int           `json:"receivers,omitempty"`
	Lines     string        `json:"commands,omitempty"` // with weights, one a line
	Rate      float64       `json:"rate,omitempty"`     // ops a second of all workers; 0: closed loop
	Arrivals  string        `json:"arrivals,omitempty"` // uniform or poisson
}

// The arrivals of an open loop.
const (
	Uniform = "uniform" // a worker's steps are due at equal intervals
	Poisson = "poisson" // at random, as those of many users
)

// Placement is where client and server run.
type Placement struct {
	Pin        string `json:"pin,omitempty"`    // split, same, custom or none; empty where the system cannot pin
	Client     []int  `json:"client,omitempty"` // CPUs; empty: any
	ServerCPUs []int  `json:"server,omitempty"`
	Procs      int    `json:"gomaxprocs"`
}

// Settings are how a trial was run.
type Settings struct {
	Context        string        `json:"context"`        // background, deadline or cancel
	RESP           int           `json:"resp,omitempty"` // 0: the library's own default
	Heap           int64         `json:"heap_bytes"`
	Timeout        time.Duration `json:"timeout_ns"`
	ConnectTimeout time.Duration `json:"connect_timeout_ns"`
	Isolation      string        `json:"isolation"` // process or none
}

// A Limit says when a trial ends: after exactly Steps, or after Duration, or,
// where both are zero, as soon as MinSteps and MinTime are both done. MaxTime
// ends it in any case unless it is zero.
type Limit struct {
	Steps    int64         `json:"steps,omitempty"`
	Duration time.Duration `json:"duration_ns,omitempty"`
	MinSteps int64         `json:"min_steps,omitempty"`
	MinTime  time.Duration `json:"min_time_ns,omitempty"`
	MaxTime  time.Duration `json:"max_time_ns,omitempty"`
}

// Warmup is what comes before the window: either exactly Steps of all workers
// together, or, of each worker, both Time and MinSteps.
type Warmup struct {
	Time     time.Duration `json:"time_ns,omitempty"`
	MinSteps int64         `json:"min_steps,omitempty"` // a worker
	Steps    int64         `json:"steps,omitempty"`     // all workers, exactly; then Time and MinSteps are zero
}
