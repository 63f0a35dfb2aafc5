package clients

import (
	"context"
	"time"
)

// A Call is one command as it is sent.
type Call struct {
	Words  []string // its name, then its arguments; nobody keeps them
	Key    int      // index in Words of the first key; 0: it has none
	Blocks bool     // it may wait in the server: it must neither hold up other callers nor time out by itself
}

// A Commander sends any command.
type Commander interface {
	// Do hands the reply to into. An error reply is an error that begins with the
	// server's text, which some libraries give without "ERR"; a null is none.
	// Target.Timeout does not end a call that Blocks. What into holds is valid
	// until the next call.
	Do(ctx context.Context, call Call, into *Answer) error
}

// A Transactor sends commands in one transaction.
type Transactor interface {
	// Transact sends MULTI, the calls and EXEC the way the library documents it,
	// and hands the calls' replies to into, which has as many elements. The
	// keys of all calls are in one slot. It returns the first error.
	Transact(ctx context.Context, calls []Call, into []Answer) error
}

// A Listener receives what is published.
type Listener interface {
	// Listen subscribes to a channel, calls ready when the server has confirmed
	// that, then message for each payload, one at a time and in order, until ctx
	// is cancelled; then it unsubscribes, gives back what it held and returns
	// nil. It uses a connection of its own. The payload is valid until message
	// returns.
	Listen(ctx context.Context, channel string, ready func(), message func(payload string)) error
}

// A Pooler takes a connection out of the client's pool explicitly.
type Pooler interface {
	// Acquire waits for a connection and returns a session that uses it alone,
	// until release.
	Acquire(ctx context.Context) (s Session, release func(), err error)
}

// A Cacher reads through the library's own server-assisted client-side cache.
type Cacher interface {
	// GetCached is Get through the cache. hit tells that no command was sent.
	GetCached(ctx context.Context, key string, into *Reply) (hit bool, err error)
}

// A CacheReporter is a Client that tells about its cache. A field that the
// library does not tell is -1.
type CacheReporter interface {
	CacheStats() CacheStats
}

// CacheStats are totals since the client was opened.
type CacheStats struct {
	Hits, Misses  int64
	Invalidations int64 // keys that the server told to forget
	Entries       int64 // in the cache now
	Bytes         int64 // that these take, as the library counts
}

// A PoolReporter is a Client that tells about waiting for connections itself,
// where its library has no way to take one explicitly.
type PoolReporter interface {
	// PoolWaits are totals since the client was opened: how often a caller had
	// to wait for a connection, and for how long altogether.
	PoolWaits() (count int64, waited time.Duration)
}
