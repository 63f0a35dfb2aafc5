package scenarios

import (
	"context"
	"slices"
	"strings"
	"testing"

	"respbench.dev/respbench/clients"
)

func linesLoad(t testing.TB, lines ...string) Load {
	t.Helper()
	weights := slices.Repeat([]int{1}, len(lines))
	text, err := ParseLines(lines, weights)
	if err != nil {
		t.Fatal(err)
	}
	return Load{Workers: 20, DataSize: size, Keyspace: count, Keys: "uniform", Lines: text}
}

func TestCommand(t *testing.T) {
	for name, lines := range map[string][]string{
		"strings": {
			"GET {key}", "SET {key} {value}", "MGET {key} {key} {key}", "MSET {key} {value} {key} {value}", "STRLEN {key}",
			"EXISTS {key} {key}", "GETRANGE {key} 0 {rand 16}", "TYPE {key}", "TTL {key}", "OBJECT ENCODING {key}",
		},
		"own strings": {"SET {key} {value} EX {range 10 20}", "APPEND {key} x", "DEL {key}", "EXPIRE {key} 100", "GET {key string}", "UNLINK {key} {key}"},
		"numbers":     {"INCR {key}", "INCRBY {key} {range -5 5}", "DECR {key}", "INCRBYFLOAT {key} 0.{rand 10}", "SETBIT {key} {rand 100} 1"},
		"hashes":      {"HSET {key} f{rand 5} {value}", "HGETALL {key}", "HINCRBY {key counts} n 1", "DEL {key counts}"},
		"lists":       {"LPUSH {key} {value}", "RPOP {key}", "LRANGE {key} 0 9", "LMOVE {key} {key} LEFT RIGHT", "LMPOP 2 {key} {key} LEFT"},
		"sets":        {"SADD {key} {rand 10} {rand 10}", "SISMEMBER {key} 3", "SINTER {key} {key}", "SUNIONSTORE {key} {key} {key}"},
		"sorted sets": {"ZADD {key} {rand 1000} m{rand 50}", "ZRANGE {key} 0 9 REV", "ZUNIONSTORE {key} 2 {key} {key}", "ZDIFF 1 {key}"},
		"streams":     {"XADD {key} * f {value}", "XLEN {key}", "XREAD COUNT 2 STREAMS {key} {key} 0 0", "XINFO STREAM {key made}", "XADD {key made} * a b"},
		"others":      {"PFADD {key} {rand 1000}", "PFCOUNT {key} {key}", "GEOADD {key} 13.{rand 9} 38.{rand 9} a", "ECHO 'a b'", "TIME", "SORT {key} ALPHA"},
	} {
		t.Run(name, func(t *testing.T) {
			r := loadedRig(t, "command", linesLoad(t, lines...), asItIs)
			if name == "streams" { // XINFO fails where there is no stream
				for range 50 {
					for w := range r.steps {
						_, _ = r.step(t.Context(), w)
					}
				}
				r.leaves(t, count)
				return
			}
			result := r.together(t)
			for i, k := range result.Kinds {
				if k.Ops == 0 || k.Reads.Misses > 0 || r.kinds[i].Reads != (k.Reads.Hits > 0) {
					t.Errorf("%s: %d ops, reads %+v", r.kinds[i].Name, k.Ops, k.Reads)
				}
			}
			confirmDeclared(t, r)
			r.leaves(t, count)
		})
	}
}

// confirmDeclared holds the server's counts to those that are declared.
func confirmDeclared(t *testing.T, r *rig) {
	t.Helper()
	done, counts := map[string]int{}, serverCounts(t, r.server)
	for i, k := range r.kinds {
		for _, command := range k.Commands {
			done[command] += r.done[i]
		}
	}
	for command, n := range done {
		if counts[command] != n {
			t.Errorf("the server counted %d %s, want %d", counts[command], command, n)
		}
	}
}

func TestWeightsOfCommands(t *testing.T) {
	text, err := ParseLines([]string{"GET {key}", "SET {key} {value}"}, []int{4, 1})
	if err != nil {
		t.Fatal(err)
	}
	l := linesLoad(t, "GET {key}")
	l.Lines = text
	kinds := loadedRig(t, "command", l, asItIs).together(t).Kinds
	if got := kinds[1].Ops; got < 300 || got > 500 {
		t.Errorf("%d of 2,000 ops are of the line with a fifth of the weight", got)
	}
}

func TestUnintendedMissesOfCommands(t *testing.T) {
	r := loadedRig(t, "command", linesLoad(t, "GET {key}", "MGET {key} {key}"), asItIs)
	r.server.Do(t, "FLUSHALL")
	for i, k := range r.together(t).Kinds {
		if want := int64(i+1) * k.Ops; k.Reads.Unintended != want || k.Reads.Misses != want || k.Reads.Hits != 0 {
			t.Errorf("%s: %d ops, reads %+v", r.kinds[i].Name, k.Ops, k.Reads)
		}
	}
}

// A recorder keeps the calls that it is sent, and answers them alike.
type callRecorder struct {
	clients.Session
	calls  [][]string
	keys   []int
	answer func(*clients.Answer)
}

func (c *callRecorder) Do(_ context.Context, call clients.Call, into *clients.Answer) error {
	var words []string
	for _, w := range call.Words {
		words = append(words, strings.Clone(w))
	}
	c.calls, c.keys = append(c.calls, words), append(c.keys, call.Key)
	c.answer(into)
	return nil
}

func sentBy(t *testing.T, line string, answer func(*clients.Answer)) (*callRecorder, error) {
	t.Helper()
	s, _ := Named("command")
	c := &callRecorder{answer: answer}
	step := prepared(t, s, linesLoad(t, line), c)
	var err error
	for range 100 {
		if _, _, failed := step(t.Context()); failed != nil {
			err = failed
		}
	}
	return c, err
}

func isOK(a *clients.Answer) { a.SetText("OK") }

func TestWordsThatAreSent(t *testing.T) {
	own := "respbench:" + run + ":command:"
	for line, want := range map[string]struct {
		key   int
		check func(words []string) bool
	}{
		"ECHO 'a b'":              {0, func(w []string) bool { return slices.Equal(w, []string{"ECHO", "a b"}) }},
		`ECHO ""`:                 {0, func(w []string) bool { return slices.Equal(w, []string{"ECHO", ""}) }},
		`ECHO "{{\"a\":1}\x41\n"`: {0, func(w []string) bool { return w[1] == "{\"a\":1}A\n" }},
		`ECHO 'it\'s \n'`:         {0, func(w []string) bool { return w[1] == `it's \n` }},
		`ECHO '{{rand 1}'`:        {0, func(w []string) bool { return slices.Equal(w, []string{"ECHO", "{rand 1}"}) }},
		"HSET {key} a{rand 1}b {value}": {1, func(w []string) bool {
			return w[2] == "a0b" && len(w[3]) == size && strings.HasPrefix(w[1], own+"9:set-hash:")
		}},
		`ECHO "<{range -3 -3}>"`:        {0, func(w []string) bool { return w[1] == "<-3>" }},
		"OBJECT ENCODING {key}":         {2, func(w []string) bool { return strings.HasPrefix(w[2], own+"16:") }},
		"XREAD COUNT 1 STREAMS {key} 0": {4, func(w []string) bool { return strings.HasPrefix(w[4], own+"9:set-stream:") }},
		"JSON.SET {key} $ '{{}'":        {1, func(w []string) bool { return strings.HasPrefix(w[1], own+"9:set-json:") && w[3] == "{}" }},
		"hget {key a-B} f":              {1, func(w []string) bool { return w[0] == "hget" && strings.HasPrefix(w[1], own+"9:set-a-B:") }},
		"FROBNICATE {key}":              {1, func(w []string) bool { return strings.HasPrefix(w[1], own+"9:set-other:") }},
		"SET {key} {value} KEEPTTL":     {1, func(w []string) bool { return strings.HasPrefix(w[1], own+"9:set-string:") }},
		"SET {key} x":                   {1, func(w []string) bool { return strings.HasPrefix(w[1], own+"9:set-string:") }},
		"SET {key} {value}":             {1, func(w []string) bool { return strings.HasPrefix(w[1], own+"16:") }},
		"MSET {key} {value} {key} 5":    {1, func(w []string) bool { return strings.HasPrefix(w[3], own+"9:set-string:") }},
	} {
		t.Run(line, func(t *testing.T) {
			c, err := sentBy(t, line, isOK)
			if err != nil {
				t.Fatal(err)
			}
			for i, words := range c.calls {
				if !want.check(words) || c.keys[i] != want.key {
					t.Fatalf("sent %q, its first key is word %d", words, c.keys[i])
				}
			}
		})
	}
}

// Numbers are drawn from all of their range and from nowhere else.
func TestNumbersOfCommands(t *testing.T) {
	for line, want := range map[string]string{"ECHO {rand 3}": "0 1 2", "ECHO {range -1 1}": "-1 0 1", "ECHO {range 7 7}": "7"} {
		c, err := sentBy(t, line, isOK)
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		for _, words := range c.calls {
			seen = append(seen, words[1])
		}
		slices.Sort(seen)
		if got := strings.Join(slices.Compact(seen), " "); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

func TestWrongRepliesToCommandsAreSeen(t *testing.T) {
	list := func(n int) func(*clients.Answer) {
		return func(a *clients.Answer) {
			a.SetList()
			for range n {
				a.Grow().SetText("something of 16 b")
			}
		}
	}
	for _, test := range []struct {
		line   string
		answer func(*clients.Answer)
	}{
		{"GET {key}", isOK},
		{"GET {key}", func(a *clients.Answer) { a.SetInt(1) }},
		{"GET {key}", func(*clients.Answer) {}},
		{"MGET {key} {key}", list(2)},
		{"MGET {key} {key}", list(1)},
		{"MGET {key} {key}", func(a *clients.Answer) { a.SetNull() }},
		{"SET {key} {value}", func(a *clients.Answer) { a.SetNull() }},
		{"SET {key} {value}", func(a *clients.Answer) { a.SetText("QUEUED") }},
		{"HGET {key} f", func(*clients.Answer) {}},
	} {
		if _, err := sentBy(t, test.line, test.answer); clients.Classify(err) != clients.Mismatched {
			t.Errorf("%s: %v", test.line, err)
		}
	}
}

func TestCommandAllocatesNothing(t *testing.T) {
	s, _ := Named("command")
	step := prepared(t, s, linesLoad(t, "HSET {key} f{rand 100} {value}", "SET {key} {value}", "ZADD {key} {range -9 9} 'm {rand 9} {value}'"), okSession{})
	if n := testing.AllocsPerRun(5000, func() {
		if _, _, err := step(context.Background()); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}

type okSession struct{ clients.Session }

func (okSession) Do(_ context.Context, _ clients.Call, into *clients.Answer) error {
	into.SetText("OK")
	return nil
}

// On a cluster, the keys of one command are in other slots.
func TestCommandsOfSeveralKeysOnACluster(t *testing.T) {
	s, _ := Named("command")
	for line, refused := range map[string]bool{"MGET {key} {key}": true, "GET {key}": false, "HSET {key} f v": false} {
		err := s.CheckCluster(linesLoad(t, "PING", line))
		if refused != (err != nil && strings.Contains(err.Error(), "not in one slot")) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestCommandIsNotEmulated(t *testing.T) {
	s, _ := Named("command")
	l := linesLoad(t, "GET {key}")
	m := s.NewMaterial(run, l, dataSeed, 9)
	b, err := s.Prepare(t.Context(), Setup{Load: l, Material: m})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Bind(forgetfulSession{}, m.Worker(loneWorker())); err == nil || !strings.Contains(err.Error(), "any command") {
		t.Errorf("got %v", err)
	}
}
