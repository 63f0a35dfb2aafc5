// Package driver speaks with drivers: programs, in any language, that execute
// trials through a client library of their language. It turns a spec into what
// a driver is told, and what a driver says, with the file of its samples, into
// events and a record.
package driver

// Protocol is the version of the conversation with a driver.
const Protocol = 1

// A Description is what a driver says of itself.
type Description struct {
	Protocol   int               `json:"protocol"`
	Name       string            `json:"name"`     // lower-case letters, digits and dashes
	Runtime    string            `json:"runtime"`  // "CPython 3.11.2"
	Packages   map[string]string `json:"packages"` // versions by name
	Clients    []Client          `json:"clients"`
	Scenarios  map[string]int    `json:"scenarios"`      // versions by name
	Transports []string          `json:"transports"`     // of tcp, unix, tls
	CPUs       int               `json:"cpus,omitempty"` // that it can keep busy at most; 0: any number
	// Speaks is "trial" for a program that takes respbench's own specs and gives
	// its own records; empty: a driver.
	Speaks string `json:"speaks,omitempty"`
}

// SpeaksTrial is the conversation of respbench's own trials.
const SpeaksTrial = "trial"

// A Client is one library that a driver drives.
type Client struct {
	Name     string    `json:"name"`
	Package  string    `json:"package"`
	RESP     []int     `json:"resp"` // the first is what it speaks unless asked
	Variants []Variant `json:"variants"`
}

// A Variant is one way to use a library.
type Variant struct {
	Name      string `json:"name"`
	Doc       string `json:"doc"`
	Shares    bool   `json:"shares,omitempty"`     // concurrent callers share a connection and are batched
	MostConns int    `json:"most_conns,omitempty"` // 0: any number
	Missing   string `json:"missing,omitempty"`    // why it cannot be run here, and the command that changes that
}

// An Order is a line on a driver's stdin after the first, which is a Spec.
type Order struct {
	Go bool `json:"go"`
}

// A Spec is everything a driver needs to run one trial. Times are in
// nanoseconds.
type Spec struct {
	Protocol       int    `json:"protocol"`
	Client         string `json:"client"`
	Variant        string `json:"variant"`
	Scenario       string `json:"scenario"`
	Version        int    `json:"version"` // of the scenario
	Workers        int    `json:"workers"`
	Depth          int    `json:"depth"` // pairs in one flush; 0: nothing is pipelined
	DataSize       int    `json:"data_size"`
	Prefix         string `json:"prefix"` // of keys
	Keyspace       int    `json:"keyspace"`
	Conns          int    `json:"conns"` // 0: as the library's users would have it
	Seed           uint32 `json:"seed"`
	RESP           int    `json:"resp"`
	Timeout        int64  `json:"timeout_ns"`
	ConnectTimeout int64  `json:"connect_timeout_ns"`
	Steps          int64  `json:"steps"`       // of all workers, exactly; 0: LeastSteps and LeastTime
	LeastSteps     int64  `json:"least_steps"` // of all workers
	LeastTime      int64  `json:"least_ns"`
	MostTime       int64  `json:"most_ns"`      // 0: no limit
	WarmupSteps    int64  `json:"warmup_steps"` // of each worker
	WarmupTime     int64  `json:"warmup_ns"`
	Server         Server `json:"server"`
	Samples        string `json:"samples"` // path of an empty file
}

// A Server is how the server is reached.
type Server struct {
	Network  string `json:"network"` // tcp or unix
	Host     string `json:"host,omitempty"`
	Port     int    `json:"port,omitempty"`
	Path     string `json:"path,omitempty"`
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
	DB       int    `json:"db,omitempty"`
	TLS      *TLS   `json:"tls,omitempty"` // nil: plain
}

// TLS is how the connection is secured; the server's certificate is verified
// unless Insecure.
type TLS struct {
	ServerName string `json:"server_name,omitempty"` // empty: the host
	Insecure   bool   `json:"insecure,omitempty"`
	CA         string `json:"ca,omitempty"`   // PEM; empty: the system's
	Cert       string `json:"cert,omitempty"` // PEM, with Key
	Key        string `json:"key,omitempty"`
}

// An Event is a line on a driver's stdout; its names are those of package
// results.
type Event struct {
	Event  string  `json:"event"`
	Steps  int64   `json:"steps,omitempty"` // beat: tried so far in this phase
	Error  string  `json:"error,omitempty"`
	Record *Record `json:"record,omitempty"`
}

// A Record is what a driver says of the trial it ran. Times are in
// nanoseconds.
type Record struct {
	Window      int64             `json:"window_ns"`
	Samples     []int64           `json:"samples"` // how many there are of each worker
	Errors      map[string]int64  `json:"errors,omitempty"`
	FirstErrors map[string]string `json:"first_errors,omitempty"`
	Warm        Warm              `json:"warm"`
	UserCPU     int64             `json:"user_cpu_ns"`
	SystemCPU   int64             `json:"system_cpu_ns"`
	PeakBytes   int64             `json:"peak_bytes,omitempty"` // 0: unknown
	Connections int64             `json:"connections"`          // opened up to the end of the window
	MostConns   int               `json:"most_conns"`
	Options     map[string]string `json:"options,omitempty"`
	Stopped     bool              `json:"stopped,omitempty"`
}

// Warm is what the warm-up did.
type Warm struct {
	Time   int64 `json:"ns"`
	Steps  int64 `json:"steps"` // tried
	Failed int64 `json:"failed"`
	// Mismatches are the failed that got another value than was set.
	Mismatches int64 `json:"mismatches,omitempty"`
}
