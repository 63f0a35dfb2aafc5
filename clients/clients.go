// Package clients is the contract between respbench and the libraries it
// measures: what an adapter offers and what a scenario may call.
//
// An adapter is one package with one file that exports a Library. Its
// variants are the documented ways to use the library. A variant opens a
// Client, which all workers of a trial share; each worker then takes a
// Session of its own. A Session must have Set and Get. Everything else a
// scenario may call is an optional interface that the session implements:
//
//	Pipeliner   several SETs and GETs in one explicit flush
//	Counter     INCR
//	Commander   any command
//	Transactor  several commands in one MULTI and EXEC
//	Listener    SUBSCRIBE, and what is published from then on
//	Pooler      a connection of the pool, taken and given back explicitly
//	Cacher      GETs through the library's own client-side cache
//
// Scenarios look for these once, before the clock starts, and a variant says
// in Has which of them its sessions implement, so that a plan can skip a cell
// without starting anything. The conformance suite holds the two together.
//
// An adapter has no clock, no counter, no retry and no log. Connections are
// dialled through Target.Dialer, which knows the network, TLS and the count.
package clients

import (
	"context"
	"time"
)

// A Library is one Go module under test.
type Library struct {
	Name     string    // as typed on the command line: "rueidis"
	Module   string    // its version is read from the build info; empty for our own
	Variants []Variant // the first is what the library's README shows
	// Driven: a program of its own executes its trials. It runs only when it is
	// named, and its variants have no Open.
	Driven bool
}

// A Variant is one documented way to use a library.
type Variant struct {
	Name    string             // "pool", "autopipe"; printed after the library's name unless it is the first
	Doc     string             // one line, and where the library recommends this use
	Shares  bool               // concurrent callers share connections and are batched
	Hidden  bool               // not part of "all" and not listed: fakes
	Has     Capabilities       // what its sessions implement
	Reaches func(Target) error // nil: can serve this target and hold its number of connections; else why not
	Open    func(context.Context, Target) (Client, error)
}

// A Client is shared by every worker of a trial and safe for concurrent use.
type Client interface {
	// Session returns the handle of one worker.
	Session(context.Context) (Session, error)
	// Resolved tells what the client really uses.
	Resolved() Settings
	Close() error
}

// A Session is one worker's handle; one goroutine uses it at a time. After an
// error that broke its connection it dials again on the next call.
type Session interface {
	Set(ctx context.Context, key string, v Value) error
	// Get hands the reply to into in the form the library gives its users. A
	// missing key is into.Miss() and no error. What into holds is valid until
	// the next call.
	Get(ctx context.Context, key string, into *Reply) error
	Close() error
}

// A Pipeliner sends commands in one explicit pipeline: written together,
// flushed once, then all replies read.
type Pipeliner interface {
	// Pipeline returns the first error of any command; every reply is read
	// all the same, so that the session stays usable after a server error.
	Pipeline(ctx context.Context, commands []Command) error
}

// A Counter increments.
type Counter interface {
	// Incr returns the value after the increment.
	Incr(ctx context.Context, key string) (int64, error)
}

// A Command is one SET or GET of a pipeline.
type Command struct {
	Key   string
	Value Value // what a SET writes
	IsGet bool
	Reply Reply // where a GET puts its reply
}

// Settings are what a client resolved its options to.
type Settings struct {
	Conns   int               // the most connections it will hold for commands
	RESP    int               // protocol version spoken: 2 or 3
	Options map[string]string // every setting that differs from the library's default, by the library's own name
}

// Modes of a Target.
const (
	Standalone = "standalone"
	Sentinel   = "sentinel"
	Cluster    = "cluster"
)

// A Target is what a client is opened for: where the server is and with
// which load and limits it will be used.
type Target struct {
	Mode               string   // Standalone, Sentinel or Cluster
	Addrs              []string // host:port of the server, of Sentinels, or of some nodes of a cluster; a path for a unix socket
	Master             string   // Sentinel's name of the server
	SentinelAuth       bool     // the Sentinels ask for Username and Password too
	Username, Password string
	DB                 int
	RESP               int  // 2 or 3; 0 is the library's own default
	OldRESP            bool // the server knows no HELLO: a library that falls back by itself ends up with RESP 2
	Timeout            time.Duration
	ConnectTimeout     time.Duration
	Workers            int  // sessions that will be opened
	Depth              int  // pairs in one explicit flush; 0: nothing is pipelined explicitly
	Transacts          bool // transactions are sent
	Conns              int  // connections asked for; 0 is the library's own formula
	Procs              int  // GOMAXPROCS that the library's formulas use
	Dialer             *Dialer
}
