package scenarios

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"respbench.dev/respbench/clients"
)

// A callLog is one command on a key as its caller saw it: when it was handed
// over and when it was answered, on a clock that all callers share.
type callLog struct {
	from, to int64
	value    string // what a SET wrote or a GET returned; empty: a miss
	isGet    bool
	failed   bool
}

// Many callers with random commands on a few keys, over a sender that is slow
// and fails: every history is one that a map could have given which executes
// one command at a time, each between its handing over and its answer. So each
// caller reads what it wrote, what it has read does not come back, and no value
// is lost or invented.
func TestBatchersAreLinearizable(t *testing.T) {
	const seeds = 30
	for seed := range uint64(seeds) {
		random := rand.New(rand.NewPCG(seed, 0))
		batchers, most, joint := 1+random.IntN(3), 1+random.IntN(20), random.IntN(2) == 0
		takes, wait := unitOfTime*time.Duration(random.IntN(3)), unitOfTime*time.Duration(random.IntN(3))
		t.Run(fmt.Sprintf("seed=%d,batchers=%d,most=%d,joint=%v,takes=%v,wait=%v", seed, batchers, most, joint, takes, wait), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &mapSender{keys: map[string]clients.Value{}, takes: takes, fails: failures(seed)}
				var c coalesced
				for range batchers {
					c = append(c, startBatcher(t, newBatcher(s, joint, most, wait, ignoreSize)))
				}
				for key, calls := range callAll(t, c, seed) {
					if wrong := impossible(calls); wrong != "" {
						t.Errorf("%s: %s", key, wrong)
					}
				}
			})
		})
	}
}

const unitOfTime = 10 * time.Microsecond

// failures are of all sorts: before a batch was done and after, and while it is
// still to be done, long after the first retry; and more of them in a row than
// are retried.
func failures(seed uint64) func() failure {
	random, left := rand.New(rand.NewPCG(seed, 1)), 0
	return func() failure {
		if left == 0 && random.IntN(10) == 0 {
			left = 1 + random.IntN(mostRetries+2)
		}
		if left == 0 {
			return failure{}
		}
		left--
		switch timeout := errors.New("i/o timeout"); random.IntN(3) {
		case 0:
			return loading()
		case 1:
			return failure{after: timeout}
		default:
			return failure{late: timeout, delay: time.Duration(random.Int64N(int64(5 * retryPause)))}
		}
	}
}

const modelCallers, modelCalls, modelKeys = 16, 150, 5

// callAll returns what each key went through.
func callAll(t *testing.T, c coalesced, seed uint64) map[string][]callLog {
	var clock atomic.Int64
	var mu sync.Mutex
	history := map[string][]callLog{}
	var callers sync.WaitGroup
	for caller := range modelCallers {
		callers.Go(func() {
			random, p := rand.New(rand.NewPCG(seed, uint64(2+caller))), newPending()
			for i := range modelCalls {
				key := "k" + strconv.Itoa(random.IntN(modelKeys))
				log := callLog{isGet: random.IntN(2) == 0, value: fmt.Sprintf("%d.%d", caller, i)}
				time.Sleep(unitOfTime * time.Duration(random.IntN(4)))
				log.call(&clock, c.of(key), p, key)
				mu.Lock()
				history[key] = append(history[key], log)
				mu.Unlock()
			}
			if len(p.answered) > 0 {
				t.Errorf("caller %d was answered twice", caller)
			}
		})
	}
	callers.Wait()
	return history
}

func (l *callLog) call(clock *atomic.Int64, b *batcher, p *pending, key string) {
	if l.isGet {
		p.get(key)
	} else {
		p.set(key, clients.Value(l.value))
	}
	l.from = clock.Add(1)
	l.failed = b.do(p) != nil
	l.to = clock.Add(1)
	if l.isGet {
		l.value = strings.Clone(p.reply.Text())
	}
}

// A zone is what is known of one value of a key: when its write begins, when
// the first of its calls has ended, and when the last of them begins.
type zone struct {
	value              string
	born, ended, begun int64
	written, read      bool
}

// impossible says what a history of one key cannot have come from, or is empty.
// Each value was written once. Then a history is possible if and only if no
// value was read before its write began, and of no two values each had to be
// there before the other: Gibbons and Korach, "Testing shared memories", SIAM
// Journal on Computing 26(4), 1997.
func impossible(calls []callLog) string {
	zones := map[string]*zone{"": {written: true, born: -1, ended: 0, begun: -1}} // at first there is none
	for _, l := range calls {
		if l.isGet && l.failed {
			continue
		}
		z := zones[l.value]
		if z == nil {
			z = &zone{value: l.value, ended: math.MaxInt64, begun: -1}
			zones[l.value] = z
		}
		z.begun = max(z.begun, l.from)
		if !l.failed { // a write that failed may be done at any time from then on
			z.ended = min(z.ended, l.to)
		}
		if l.isGet {
			z.read = true
		} else {
			z.written, z.born = true, l.from
		}
	}
	return contradiction(calls, zones)
}

func contradiction(calls []callLog, zones map[string]*zone) string {
	for _, l := range calls {
		if z := zones[l.value]; l.isGet && !l.failed && (!z.written || l.to < z.born) {
			return fmt.Sprintf("%q was read before it was written", l.value)
		}
	}
	var list []*zone
	for _, z := range zones {
		if z.read || z.ended < math.MaxInt64 { // else nobody knows whether it was ever written
			list = append(list, z)
		}
	}
	for i, a := range list {
		for _, b := range list[i+1:] {
			if a.conflicts(b) || b.conflicts(a) {
				return fmt.Sprintf("%+v and %+v", *a, *b)
			}
		}
	}
	return ""
}

// conflicts: this value must be there from z.ended to z.begun, and the other
// one for some time between.
func (z *zone) conflicts(other *zone) bool {
	return z.ended < z.begun && z.ended < other.begun && other.ended < z.begun
}

// The judge of histories sees what is wrong.
func TestImpossibleHistories(t *testing.T) {
	set := func(v string, from, to int64) callLog { return callLog{from: from, to: to, value: v} }
	get := func(v string, from, to int64) callLog { return callLog{from: from, to: to, value: v, isGet: true} }
	lost := func(v string, from, to int64) callLog { return callLog{from: from, to: to, value: v, failed: true} }
	for name, test := range map[string]struct {
		calls []callLog
		bad   bool
	}{
		"in turns":                     {[]callLog{get("", 1, 2), set("a", 3, 4), get("a", 5, 6), set("b", 7, 8), get("b", 9, 10)}, false},
		"either, while it is written":  {[]callLog{set("a", 1, 10), get("", 2, 3), get("a", 4, 5)}, false},
		"and back":                     {[]callLog{set("a", 1, 10), get("a", 2, 3), get("", 4, 5)}, true},
		"lost":                         {[]callLog{set("a", 1, 2), get("", 3, 4)}, true},
		"invented":                     {[]callLog{get("a", 1, 2)}, true},
		"from the future":              {[]callLog{get("a", 1, 2), set("a", 3, 4)}, true},
		"an older one":                 {[]callLog{set("a", 1, 2), set("b", 3, 4), get("a", 5, 6)}, true},
		"either of two":                {[]callLog{set("a", 1, 4), set("b", 2, 3), get("a", 5, 6)}, false},
		"both of two":                  {[]callLog{set("a", 1, 4), set("b", 2, 3), get("a", 5, 6), get("b", 7, 8)}, true},
		"failed and done":              {[]callLog{lost("a", 1, 2), get("a", 3, 4)}, false},
		"failed and not done":          {[]callLog{set("a", 1, 2), lost("b", 3, 4), get("a", 5, 6)}, false},
		"failed and done later":        {[]callLog{set("a", 1, 2), lost("b", 3, 4), get("a", 5, 6), get("b", 7, 8)}, false},
		"failed, done later, and back": {[]callLog{set("a", 1, 2), lost("b", 3, 4), get("b", 5, 6), get("a", 7, 8)}, true},
		"failed, and written over":     {[]callLog{lost("a", 1, 2), set("b", 3, 4), get("b", 5, 6)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if wrong := impossible(slices.Clone(test.calls)); (wrong != "") != test.bad {
				t.Errorf("got %q", wrong)
			}
		})
	}
}
