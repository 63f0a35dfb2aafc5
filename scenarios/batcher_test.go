package scenarios

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"respbench.dev/respbench/clients"
)

// A mapSender is a sender over a map. It notes what it was sent, takes its time,
// and fails as it is told.
type mapSender struct {
	mu    sync.Mutex
	keys  map[string]clients.Value
	log   []string
	takes time.Duration
	fails func() failure // nil: it never fails
}

// A failure is an error before what was sent is done, or after it, or one that
// leaves the writes to be done some time later.
type failure struct {
	before, after, late error
	delay               time.Duration // of what is late
}

func loading() failure { return failure{before: errors.New("LOADING")} }

func (s *mapSender) send(_ context.Context, reads, writes []*pending) error {
	time.Sleep(s.takes)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, strings.TrimSpace(sentLine(reads, writes)))
	var f failure
	if s.fails != nil {
		f = s.fails()
	}
	if f.before != nil {
		return f.before
	}
	if f.late != nil {
		s.writeLater(writes, f.delay)
		return f.late
	}
	for _, p := range reads {
		if v, ok := s.keys[p.key]; ok {
			p.reply.String(string(v))
		} else {
			p.reply.Miss()
		}
	}
	for _, p := range writes {
		if s.keys == nil {
			s.keys = map[string]clients.Value{}
		}
		s.keys[p.key] = p.value
	}
	return f.after
}

// writeLater is what a server does with what is still in its socket.
func (s *mapSender) writeLater(writes []*pending, delay time.Duration) {
	values := map[string]clients.Value{}
	for _, p := range writes {
		values[p.key] = p.value
	}
	time.AfterFunc(delay, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		maps.Copy(s.keys, values)
	})
}

func (*mapSender) sent() map[string]Sent { return nil }

func (s *mapSender) sends() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.log)
}

// sentLine is like "a b | c=1 d=2": what is read and what is written.
func sentLine(reads, writes []*pending) string {
	var words []string
	for _, p := range reads {
		words = append(words, p.key)
	}
	words = append(words, "|")
	for _, p := range writes {
		words = append(words, p.key+"="+string(p.value))
	}
	return strings.Join(words, " ")
}

// pendingOf makes "a" a GET and "a=1" a SET.
func pendingOf(commands string) []*pending {
	var list []*pending
	for word := range strings.FieldsSeq(commands) {
		p := newPending()
		if key, value, set := strings.Cut(word, "="); set {
			p.set(key, clients.Value(value))
		} else {
			p.get(key)
		}
		list = append(list, p)
	}
	return list
}

// startBatcher runs a batcher until the test ends.
func startBatcher(t *testing.T, b *batcher) *batcher {
	t.Helper()
	go b.run(t.Context())
	t.Cleanup(func() {
		if err := b.close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return b
}

func ignoreSize(int64) {}

// handOver waits for the answers to commands that are handed over one after
// another; a GET's is its value, a SET's or a miss is empty.
func handOver(t *testing.T, b *batcher, commands string) (replies []string, errs []error) {
	t.Helper()
	list := pendingOf(commands)
	for _, p := range list {
		if !b.hand(p) {
			t.Fatal("it is closed")
		}
	}
	startBatcher(t, b)
	for _, p := range list {
		<-p.answered
		replies, errs = append(replies, p.reply.Text()), append(errs, p.err)
	}
	return replies, errs
}

func TestBatchesKeepOrder(t *testing.T) {
	for name, test := range map[string]struct {
		commands string
		joint    bool
		most     int
		sent     []string
		replies  string // with commas
	}{
		"reads before writes":         {commands: "a=1 b c=2", sent: []string{"b |", "| a=1 c=2"}, replies: ",B,"},
		"only reads":                  {commands: "a b a", sent: []string{"a b a |"}, replies: "A,B,A"},
		"only writes":                 {commands: "a=1 b=2", sent: []string{"| a=1 b=2"}, replies: ","},
		"the last write wins":         {commands: "a=1 b=2 a=3", sent: []string{"| a=3 b=2"}, replies: ",,"},
		"reads of pending writes":     {commands: "a=1 a a=2 a", sent: []string{"| a=2"}, replies: ",1,,2"},
		"a read before its write":     {commands: "a a=1 a", sent: []string{"a |", "| a=1"}, replies: "A,,1"},
		"a miss":                      {commands: "x x=1", sent: []string{"x |", "| x=1"}, replies: ","},
		"at once":                     {commands: "a=1 b a c=2", joint: true, sent: []string{"b | a=1 c=2"}, replies: ",B,1,"},
		"more than a batch holds":     {commands: "a=1 a a=2 a a", most: 2, sent: []string{"| a=1", "| a=2", "a |"}, replies: ",1,,2,2"},
		"a read in the batch after":   {commands: "a=1 b=1 a a=2", most: 2, sent: []string{"| a=1 b=1", "a |", "| a=2"}, replies: ",,1,"},
		"a read after one of a batch": {commands: "a a=1 b a", most: 3, sent: []string{"a b |", "| a=1", "a |"}, replies: "A,,B,1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &mapSender{keys: map[string]clients.Value{"a": "A", "b": "B"}}
			b := newBatcher(s, test.joint, cmp.Or(test.most, 10), 0, ignoreSize)
			replies, errs := handOver(t, b, test.commands)
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(test.sent, s.log); diff != "" {
				t.Errorf("sent, -want +got:\n%s", diff)
			}
			if got := strings.Join(replies, ","); got != test.replies {
				t.Errorf("replies %q, want %q", got, test.replies)
			}
		})
	}
}

func TestRetries(t *testing.T) {
	loading, oom := errors.New("LOADING Redis is loading the dataset in memory"), errors.New("OOM command not allowed")
	moved, timeout, reset := errors.New("MOVED 1 :6379"), errors.New("i/o timeout"), io.EOF
	const reads, writes = "a b a", "a=1 b=1 a a=2"
	for name, test := range map[string]struct {
		sent  string
		joint bool
		err   error
		fails int // how often at first
		takes time.Duration
		sends int
		ok    bool
	}{
		"none":                         {sent: writes, err: loading, sends: 1, ok: true},
		"once":                         {sent: writes, err: loading, fails: 1, sends: 2, ok: true},
		"as often as it is tried":      {sent: writes, err: loading, fails: 3, sends: 4, ok: true},
		"once more":                    {sent: writes, err: loading, fails: 4, sends: 4},
		"not for what will not end":    {sent: writes, err: oom, fails: 1, sends: 1},
		"not for long":                 {sent: writes, err: loading, fails: 3, takes: 600 * time.Millisecond, sends: 2},
		"reads that timed out":         {sent: reads, err: timeout, fails: 1, sends: 2, ok: true},
		"reads, no matter how":         {sent: reads, joint: true, err: reset, fails: 1, sends: 2, ok: true},
		"writes that may come late":    {sent: writes, err: timeout, fails: 1, sends: 1},
		"and those that were cut off":  {sent: writes, err: reset, fails: 1, sends: 1},
		"writes elsewhere":             {sent: writes, err: moved, fails: 1, sends: 2, ok: true},
		"writes in a pipeline":         {sent: writes, joint: true, err: moved, fails: 1, sends: 1},
		"reads and writes in one, too": {sent: "a b=1", joint: true, err: loading, fails: 1, sends: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, failed := &mapSender{takes: test.takes}, 0
				s.fails = func() failure {
					if failed++; failed > test.fails {
						return failure{}
					}
					return failure{before: test.err}
				}
				_, errs := handOver(t, newBatcher(s, test.joint, 10, 0, ignoreSize), test.sent)
				for _, err := range errs {
					if (err == nil) != test.ok || err != nil && err != test.err {
						t.Errorf("got %v", err)
					}
				}
				if s.sends() != test.sends {
					t.Errorf("sent %d times, want %d", s.sends(), test.sends)
				}
			})
		})
	}
}

// Where reads fail for good, the writes after them are not sent.
func TestReadsThatFail(t *testing.T) {
	broken := errors.New("ERR broken")
	s := &mapSender{fails: func() failure { return failure{before: broken} }}
	_, errs := handOver(t, newBatcher(s, false, 10, 0, ignoreSize), "a=1 b a")
	if !slices.Equal(errs, []error{broken, broken, broken}) || s.sends() != 1 {
		t.Errorf("got %v after %q", errs, s.log)
	}
}

func TestBatchDelay(t *testing.T) {
	const wait, takes = 10 * time.Millisecond, 7 * time.Millisecond
	for name, test := range map[string]struct {
		wait    time.Duration
		at      []time.Duration // when commands are handed over
		answers []time.Duration // when each is answered
	}{
		"none":                          {0, []time.Duration{0}, []time.Duration{takes}},
		"a lone one waits":              {wait, []time.Duration{0}, []time.Duration{wait + takes}},
		"a full batch does not":         {wait, []time.Duration{0, 1, 2}, []time.Duration{2 + takes, 2 + takes, 2 + takes}},
		"from the first on":             {wait, []time.Duration{0, 9e6}, []time.Duration{wait + takes, wait + takes}},
		"while another batch is sent":   {wait, []time.Duration{0, 0, 0, 1e6}, []time.Duration{takes, takes, takes, 11e6 + takes}},
		"waited for another already":    {1e6, []time.Duration{0, 0, 0, 1e6}, []time.Duration{takes, takes, takes, 2 * takes}},
		"none, while another is sent":   {0, []time.Duration{0, 1e6, 2e6}, []time.Duration{takes, 2 * takes, 2 * takes}},
		"one beyond what a batch holds": {wait, []time.Duration{0, 0, 0, 0}, []time.Duration{takes, takes, takes, wait + takes}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := startBatcher(t, newBatcher(&mapSender{takes: takes}, true, 3, test.wait, ignoreSize))
				began, got := time.Now(), make([]time.Duration, len(test.at))
				var callers sync.WaitGroup
				for i, at := range test.at {
					callers.Go(func() {
						time.Sleep(at)
						p := newPending()
						p.get("k")
						if err := b.do(p); err != nil {
							t.Error(err)
						}
						got[i] = time.Since(began)
					})
					synctest.Wait() // so that equal times are in order
				}
				callers.Wait()
				if diff := gocmp.Diff(test.answers, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

// What is under way is answered, what waits is refused, and nobody is left.
func TestCloseWhileCallersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBatcher(&mapSender{takes: time.Second}, true, 2, 0, ignoreSize)
		list := pendingOf("a=1 b=2 c=3 d")
		for _, p := range list {
			b.hand(p)
		}
		go b.run(t.Context())
		synctest.Wait() // two are being sent, two wait
		impatient, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := b.close(impatient); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("closed within a millisecond: %v", err)
		}
		if err := b.close(t.Context()); err != nil {
			t.Error(err)
		}
		var errs []error
		for _, p := range list {
			<-p.answered
			errs = append(errs, p.err)
		}
		if !slices.Equal(errs, []error{nil, nil, errClosed, errClosed}) {
			t.Errorf("got %v", errs)
		}
		if err := b.do(pendingOf("e")[0]); err != errClosed {
			t.Errorf("after close: %v", err)
		}
	})
}

// Nothing is tried again once the batcher is closed.
func TestCloseWhileItRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &mapSender{takes: time.Millisecond, fails: loading}
		b, p := newBatcher(s, true, 1, 0, ignoreSize), pendingOf("a")[0]
		b.hand(p)
		go b.run(t.Context())
		synctest.Wait() // it is being sent for the first time
		if err := b.close(t.Context()); err != nil {
			t.Error(err)
		}
		if <-p.answered; p.err == nil || s.sends() != 1 {
			t.Errorf("sent %d times: %v", s.sends(), p.err)
		}
	})
}

func TestCloseOfAnIdleOrWaitingBatcher(t *testing.T) {
	for name, wait := range map[string]time.Duration{"idle": 0, "waiting for more": time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := startBatcher(t, newBatcher(&mapSender{}, true, 2, wait, ignoreSize))
				if wait > 0 {
					p := pendingOf("a")[0]
					b.hand(p)
					defer func() {
						if <-p.answered; p.err != errClosed {
							t.Errorf("got %v", p.err)
						}
					}()
				}
				synctest.Wait()
				if err := b.close(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestBatcherAllocatesNothing(t *testing.T) {
	b := startBatcher(t, newBatcher(&pipelineSender{session: &echoPipeline{}}, true, 4, 0, ignoreSize))
	set, get := newPending(), newPending()
	n := testing.AllocsPerRun(1000, func() {
		set.set("k", "v")
		get.get("k")
		if err := errors.Join(b.do(set), b.do(get)); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations for two commands", n)
	}
}

// An echoPipeline answers each GET with its key.
type echoPipeline struct{}

func (*echoPipeline) Pipeline(_ context.Context, commands []clients.Command) error {
	for i := range commands {
		commands[i].Reply.String(commands[i].Key)
	}
	return nil
}

// BenchmarkBatcher is what a command costs beyond sending it.
func BenchmarkBatcher(b *testing.B) {
	q := newBatcher(&pipelineSender{session: &echoPipeline{}}, true, 128, 0, ignoreSize)
	go q.run(b.Context())
	b.SetParallelism(100)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for p := newPending(); pb.Next(); {
			p.get("k")
			if err := q.do(p); err != nil {
				b.Fatal(err)
			}
		}
	})
	if err := q.close(b.Context()); err != nil {
		b.Fatal(err)
	}
}
