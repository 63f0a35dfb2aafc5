package main

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/scenarios"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// short is a segment's length, long enough that a busy machine gets to it.
const short = 100 * time.Millisecond

func newComparison(t *testing.T, workers int, r *recorder) *comparison {
	t.Helper()
	scenario, err := scenarios.Named("concurrent")
	if err != nil {
		t.Fatal(err)
	}
	return &comparison{addr: r.listener.Addr().String(), scenario: scenario, workers: workers, pairs: 2, length: short}
}

// openSides opens both sides, each for a server of its own.
func openSides(t *testing.T, name string, workers int) (sides map[string]side, servers map[string]*recorder) {
	t.Helper()
	servers = map[string]*recorder{"bare": startRecorder(t), "harness": startRecorder(t)}
	c := newComparison(t, workers, servers["bare"])
	direct, err := openBare(bareClients[name], c.target())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(direct.close)
	c = newComparison(t, workers, servers["harness"])
	through, err := openHarness(c.scenario, all.Libraries(), name, c.target())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(through.close)
	return map[string]side{"bare": direct, "harness": through}, servers
}

func TestBothSidesSendTheSame(t *testing.T) {
	for _, name := range bareNames() {
		t.Run(name, func(t *testing.T) {
			sides, servers := openSides(t, name, 1)
			for which, side := range sides {
				s, err := side.run(short)
				if err != nil {
					t.Fatalf("%s: %v", which, err)
				}
				if s.ops == 0 || s.window < short || s.cpu <= 0 {
					t.Errorf("%s: %+v", which, s)
				}
			}
			const enough = 100
			bare, harness := servers["bare"].first(t, enough), servers["harness"].first(t, enough)
			if diff := cmp.Diff(bare, harness); diff != "" {
				t.Errorf("bare and through respbench (-bare +harness):\n%s", diff)
			}
		})
	}
}

func TestBothSidesCheckReplies(t *testing.T) {
	for _, name := range bareNames() {
		t.Run(name, func(t *testing.T) {
			sides, servers := openSides(t, name, 1)
			for which, side := range sides {
				if _, err := side.run(short); err != nil {
					t.Fatalf("%s: %v", which, err)
				}
				servers[which].lies.Store(true)
				if s, err := side.run(short); err == nil {
					t.Errorf("%s takes a wrong reply: %+v", which, s)
				}
			}
		})
	}
}

func TestCompareAlternatesAndHoldsEqualConnections(t *testing.T) {
	for _, name := range bareNames() {
		t.Run(name, func(t *testing.T) {
			const workers = 5
			o, err := newComparison(t, workers, startRecorder(t)).compare(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			if len(o.cpu) != 2 || len(o.rate) != 2 || len(o.bare) != 2 || len(o.harness) != 2 {
				t.Errorf("pairs: %+v", o)
			}
			if o.dials[0] == 0 || o.dials[0] > 20*int64(runtime.GOMAXPROCS(0)) {
				t.Errorf("%d connections", o.dials[0])
			}
			if name != "goredis" && o.dials[0] != o.dials[1] { // its pool dials as it is needed
				t.Errorf("%d connections bare, %d through respbench", o.dials[0], o.dials[1])
			}
		})
	}
}

// The ranks are those of published tables for the sign test at 95%.
func TestInterval(t *testing.T) {
	cases := []struct {
		n         int
		low, high float64
		ok        bool
	}{
		{1, 0, 0, false}, {5, 0, 0, false},
		{6, 1, 6, true}, {8, 1, 8, true}, {9, 2, 8, true}, {11, 2, 10, true},
		{15, 4, 12, true}, {20, 6, 15, true}, {40, 14, 27, true},
	}
	for _, c := range cases {
		var values []float64
		for i := range c.n {
			values = append(values, float64((i*7)%c.n+1)) // 7 divides none of these
		}
		low, high, ok := interval(values)
		if low != c.low || high != c.high || ok != c.ok {
			t.Errorf("%d values: %v to %v, %v; want %v to %v, %v", c.n, low, high, ok, c.low, c.high, c.ok)
		}
	}
}

func TestOutcome(t *testing.T) {
	cases := []struct {
		client, scenario string
		harness          float64 // CPU us an op, beside 100 bare
		mark             string
	}{
		{"raw", "sync", 99, ""}, {"raw", "sync", 100.9, ""},
		{"raw", "sync", 101.5, "above 1%"}, {"raw", "sync", 102.5, "ABOVE ITS LIMIT"},
		{"goredis", "concurrent", 102.5, "above 1%"}, {"goredis", "concurrent", 103.5, "ABOVE ITS LIMIT"},
		{"rueidis", "sync", 102.5, "ABOVE ITS LIMIT"},
		{"rueidis", "concurrent", 104.5, "above 1%"}, {"rueidis", "concurrent", 105.5, "ABOVE ITS LIMIT"},
	}
	for _, c := range cases {
		o := &outcome{client: c.client, scenario: c.scenario}
		bare := segment{ops: 1000, window: time.Second, cpu: 100 * time.Millisecond}
		harness := segment{ops: 1000, window: 2 * time.Second, cpu: time.Duration(c.harness * float64(time.Millisecond))}
		for range 6 {
			if o.decided() {
				t.Errorf("decided after %d pairs", len(o.cpu))
			}
			o.add(bare, harness)
		}
		if !o.decided() {
			t.Error("equal pairs do not decide")
		}
		if got := o.mark(); got != c.mark {
			t.Errorf("%s %s at %v%%: %q, want %q", c.client, c.scenario, c.harness, got, c.mark)
		}
		if o.rate[0] != 0.5 {
			t.Errorf("rate %v", o.rate[0])
		}
	}
}

func TestAnUncertainMedianIsNotDecided(t *testing.T) {
	o := &outcome{cpu: []float64{0.95, 0.99, 1, 1, 1.01, 1.05}}
	if o.decided() {
		t.Error("decided by six pairs between 0.95 and 1.05")
	}
}

func TestVerbs(t *testing.T) {
	report := `{"schema":1,"rows":[{"status":"ok","reason":null,"throughput":{"median":50000.4},"cpu_us_per_op":{"median":9}}]}`
	cases := []struct {
		args, in string
		out, err string
	}{
		{"row", report, "100001 4.500\n", ""},
		{"row", `{"rows":[{"status":"failed","reason":"no op was done"}]}`, "", "failed: no op was done"},
		{"row", `{"rows":[{"status":"ok"}]}`, "", "not known"},
		{"row", `{"rows":[]}`, "", "0 rows"},
		{"row", `{`, "", "report in JSON"},
		{"ratios -target 1", "10 5\n4 4\n", "median of the ratios 1.500, target 1.00: holds", ""},
		{"ratios -target 1", "3 5 1 2\n", "median of the ratios 0.600, target 1.00: MISSED", ""},
		{"ratios", "", "", "no numbers"},
		{"ratios", "1 2 3\n", "", "3 numbers a line"},
		{"ratios", "1 2\n1 2 3 4\n", "", "want 2 numbers"},
		{"ratios", "1 x\n", "", `"1 x"`},
		{"times -title start -limit 30", "1.5\n2.5\n40\n", "start: median 2.5 ms (best 1.5, worst 40.0, of 3), limit 30: holds", ""},
		{"times -limit 2", "2\n", "limit 2: MISSED", ""},
		{"compare -scenario pipelined -addr x:1", "", "", "have sync, concurrent"},
		{"compare -clients jedis", "", "", "have raw, rueidis, goredis, redigo"},
		{"compare", "", "", "need --addr"},
		{"peak", "", "", "name results files"},
		{"startup no-such-file", "", "", "no-such-file"},
		{"ping", "", "", "want one of compare, engine"},
		{"", "", "", "want one of compare, engine"},
	}
	for _, c := range cases {
		var out, complaints bytes.Buffer
		p := &program{strings.NewReader(c.in), &out, &complaints}
		err := p.do(t.Context(), strings.Fields(c.args))
		if !strings.Contains(out.String(), c.out) {
			t.Errorf("%s: printed %q, want %q", c.args, &out, c.out)
		}
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: error %v, want %q", c.args, err, c.err)
		}
	}
}

func TestEngineVerb(t *testing.T) {
	var out bytes.Buffer
	p := &program{strings.NewReader(""), &out, &out}
	if err := p.do(t.Context(), []string{"engine", "-segment", short.String(), "-repeat", "2"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a step with the fake client", "of 2 segments", "without a client", "without the engine", "allocations"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q does not say %q", &out, want)
		}
	}
}

func TestRates(t *testing.T) {
	table := `"test","rps","avg_latency_ms","min_latency_ms"
"SET","142857.14","0.2","0.1"
"GET","150000.00","0.2","0.1"
`
	set, get, err := rates([]byte(table))
	if err != nil || set != 142857.14 || get != 150000 {
		t.Errorf("%v, %v, %v", set, get, err)
	}
	if _, _, err := rates([]byte(`"SET","1.0"`)); err == nil {
		t.Error("a table without GET passes")
	}
}
