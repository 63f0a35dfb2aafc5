package results

import "time"

// A Header opens the file, and each part that was appended to it later.
type Header struct {
	Schema    int        `json:"schema"`
	ID        string     `json:"id"` // of the run, in file name and keys
	Started   time.Time  `json:"started"`
	Command   []string   `json:"command"` // without secrets, addresses and paths
	Seed      uint64     `json:"seed"`
	Rounds    int        `json:"rounds"`
	Points    []Point    `json:"points"` // in the order of the report
	Skips     []Skip     `json:"skips,omitempty"`
	Order     []int      `json:"order"`               // of trials, as indexes into Points; the rounds follow each other
	Ends      []Ending   `json:"ends,omitempty"`      // by point: what its trials are limited by
	Resumes   string     `json:"resumes,omitempty"`   // id of the run, earlier in the file, that this one goes on with
	Pair      *Pair      `json:"pair,omitempty"`      // nil: not one of two sides
	TargetCI  float64    `json:"target_ci,omitempty"` // the run may end before all rounds, when intervals are this narrow: 0.02
	Machine   Machine    `json:"machine"`
	Servers   []Server   `json:"servers"`
	Executors []Executor `json:"executors"`
	Findings  []Finding  `json:"findings,omitempty"` // of machine and servers, before the keys were loaded
	Notes     []string   `json:"notes,omitempty"`
	Loaded    []Loaded   `json:"loaded"` // written before the first trial
}

// An Ending is when the trials of a point end, and how they are warmed.
type Ending struct {
	Limit  Limit  `json:"limit"`
	Warmup Warmup `json:"warmup"`
}

// Loaded is one set of keys that the loader wrote, one SET a key.
type Loaded struct {
	Keys     string        `json:"keys"` // the pattern, without the run's prefix: "<i>", "get:16:<i>"
	Count    int           `json:"count"`
	DataSize int           `json:"data_size"`
	Time     time.Duration `json:"time_ns"`
}

// A Skip is a point that was not measured, and why.
type Skip struct {
	Point  Point  `json:"point"`
	Reason string `json:"reason"`
}

// A Machine is the client's. The first group must be equal for rounds of
// several files to be pooled.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"` // logical
	Arch   string `json:"arch"`
	Kernel string `json:"kernel"`

	OS          string `json:"os"`
	Platform    string `json:"platform,omitempty"`
	MemoryBytes uint64 `json:"memory_bytes,omitempty"`
	Virtual     string `json:"virtualization,omitempty"`
	Label       string `json:"label,omitempty"` // --client-label
}

// A Server is one that commands went to.
type Server struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`    // remote, spawned or embedded
	Name    string `json:"name"`    // redis, valkey, "embedded (not Redis)"
	Version string `json:"version"` // empty if it would not say
	Label   string `json:"label,omitempty"`
	Mode    string `json:"mode,omitempty"` // standalone, sentinel or cluster
	// Transport is tcp (or empty), unix or tls.
	Transport string            `json:"transport,omitempty"`
	OS        string            `json:"os,omitempty"`
	Config    map[string]string `json:"config,omitempty"` // save, appendonly, maxmemory, maxmemory-policy, io-threads
	Facts     map[string]string `json:"facts,omitempty"`
}

// An Executor is what ran trials.
type Executor struct {
	ID        string            `json:"id"`
	Tool      string            `json:"tool"`              // "respbench"
	Version   string            `json:"version"`           // from the build info
	Runtime   string            `json:"runtime"`           // "go1.26.8"
	Libraries map[string]string `json:"libraries"`         // module: version
	Modules   map[string]string `json:"modules,omitempty"` // Point.Library: its module; empty for our own
}

// An End closes a run that came to its end, also an interrupted one.
type End struct {
	Ended    time.Time `json:"ended"`
	Status   Status    `json:"status"`
	Reason   string    `json:"reason,omitempty"`
	Rounds   int       `json:"rounds,omitempty"` // of a run that needed no more of those planned; 0: all
	Removed  int64     `json:"keys_removed"`
	Warnings []Warning `json:"warnings,omitempty"`
}

// A Run is one file, or one part of it: a header and what followed.
type Run struct {
	Header Header
	Trials []Trial
	End    *End     // nil: the run was cut off
	Notes  []string // what the reader came across; not in the file
}

// Enough reports whether the run ended before this round, for it needed no more.
func (r Run) Enough(round int) bool { return r.End != nil && r.End.Rounds > 0 && round > r.End.Rounds }

// Server returns the server with this id.
func (h Header) Server(id string) Server {
	for _, s := range h.Servers {
		if s.ID == id {
			return s
		}
	}
	return Server{ID: id}
}

// executorOf is the one that executes the trials of a library: a driver's that
// names it, or else the first.
func (h Header) executorOf(library string) Executor {
	for _, e := range h.Executors[1:] {
		if _, names := e.Modules[library]; names {
			return e
		}
	}
	return h.Executors[0]
}

// Version returns the version of a library, or of the tool for a client of
// its own, as the executor with this id had it; empty if it is not known.
func (h Header) Version(executor, library string) string {
	for _, e := range h.Executors {
		if e.ID == executor {
			return e.version(library)
		}
	}
	return ""
}

func (e Executor) version(library string) string {
	module, ok := e.Modules[library]
	switch {
	case !ok:
		return ""
	case module == "":
		return e.Version
	}
	return e.Libraries[module]
}
