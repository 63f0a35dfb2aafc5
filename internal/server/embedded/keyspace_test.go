package embedded

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestExpiryFollowsTheWallClock(t *testing.T) {
	p := connect(t, start(t, Options{}))
	p.want("OK", "SET", "k", "v", "PX", "60")
	if left := p.do("PTTL", "k").Int; left < 1 || left > 60 {
		t.Errorf("PTTL is %d ms of 60", left)
	}
	p.want("OK", "SET", "later", "v", "EX", "100")
	p.want("100", "TTL", "later")
	time.Sleep(80 * time.Millisecond)
	p.want("(nil)", "GET", "k")
	p.want("-2", "PTTL", "k")
	p.want("v", "GET", "later")
	p.want("1", "PEXPIRE", "later", "30")
	time.Sleep(50 * time.Millisecond)
	p.want("0", "EXISTS", "later")
	if got := p.fields("stats")["expired_keys"]; got != "2" {
		t.Errorf("expired_keys is %s, want 2", got)
	}
}

// Keys that nobody asks for again must go too.
func TestSweepRemovesWhatNobodyTouches(t *testing.T) {
	p := connect(t, start(t, Options{}))
	for i := range 100 {
		p.do("SET", fmt.Sprint("short:", i), "v", "PX", "20")
	}
	p.do("SET", "stays", "v", "EX", "100")
	if got := p.fields("keyspace")["db0"]; got != "keys=101,expires=101,avg_ttl=0" {
		t.Errorf("keyspace is %q before", got)
	}
	deadline := time.Now().Add(20 * time.Second)
	for p.do("DBSIZE").Int != 1 {
		if time.Now().After(deadline) {
			t.Fatalf("%d keys are left", p.do("DBSIZE").Int)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if got := p.fields("keyspace")["db0"]; got != "keys=1,expires=1,avg_ttl=0" {
		t.Errorf("keyspace is %q after", got)
	}
}

// scanAll goes through a whole SCAN, calling between after each page.
func scanAll(p *peer, between func(page int), options ...string) map[string]int {
	p.t.Helper()
	seen := make(map[string]int)
	cursor := "0"
	for page := range 1000 {
		reply := p.do(append([]string{"SCAN", cursor}, options...)...)
		for _, key := range reply.Elems[1].Elems {
			seen[key.Text]++
		}
		if cursor = reply.Elems[0].Text; cursor == "0" {
			return seen
		}
		between(page)
	}
	p.t.Fatal("SCAN does not end")
	return nil
}

func TestScanReturnsWhatStaysWhileOthersChange(t *testing.T) {
	p := connect(t, start(t, Options{}))
	const keys = 3000
	for i := range keys {
		p.do("SET", fmt.Sprint("stay:", i), "v")
		p.do("SET", fmt.Sprint("go:", i), "v")
	}
	seen := scanAll(p, func(page int) {
		for i := page * 40; i < min(page*40+40, keys); i++ {
			p.do("DEL", fmt.Sprint("go:", i))
			p.do("SET", fmt.Sprint("come:", i), "v")
		}
	}, "COUNT", "50")
	for i := range keys {
		if n := seen[fmt.Sprint("stay:", i)]; n != 1 {
			t.Fatalf("stay:%d was returned %d times", i, n)
		}
	}
}

func TestScanMatchesAndSkipsExpired(t *testing.T) {
	p := connect(t, start(t, Options{}))
	p.do("MSET", "user:1", "a", "user:2", "b", "other", "c")
	p.do("SET", "user:3", "d", "PX", "1")
	time.Sleep(5 * time.Millisecond)
	tests := []struct {
		options []string
		want    []string
	}{
		{nil, []string{"other", "user:1", "user:2"}},
		{[]string{"MATCH", "user:*"}, []string{"user:1", "user:2"}},
		{[]string{"MATCH", "user:[2-9]", "COUNT", "1"}, []string{"user:2"}},
		{[]string{"TYPE", "string", "MATCH", "o*"}, []string{"other"}},
		{[]string{"TYPE", "list"}, nil},
	}
	for _, tt := range tests {
		got := slices.Sorted(maps.Keys(scanAll(p, func(int) {}, tt.options...)))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.options, diff)
		}
	}
	p.want("[0 []]", "SCAN", "99999")
}

func TestDatabasesAreApart(t *testing.T) {
	p := connect(t, start(t, Options{}))
	for db := range databases {
		p.want("OK", "SELECT", strconv.Itoa(db))
		p.want("(nil)", "GET", "k")
		p.want("OK", "SET", "k", strconv.Itoa(db))
	}
	p.want("OK", "FLUSHDB")
	p.want("OK", "SELECT", "7")
	p.want("7", "GET", "k")
	if got := len(p.fields("keyspace")); got != databases-1 {
		t.Errorf("%d databases have keys, want %d", got, databases-1)
	}
	p.want("OK", "FLUSHALL")
	p.want("(nil)", "GET", "k")
}

func TestValuesOfAnySize(t *testing.T) {
	p := connect(t, start(t, Options{}))
	pattern := strings.Repeat("\x00\r\n$5\xff", 1<<21/6+1)
	for _, size := range []int{0, 1, 63, 64, 4095, 4096, 65536, 1 << 20, 1 << 21, 10, 0} {
		p.want("OK", "SET", "k", pattern[:size])
		if got := p.do("GET", "k").Text; got != pattern[:size] {
			t.Errorf("a value of %d bytes came back with %d", size, len(got))
		}
	}
}

func TestMatches(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "abc", true}, {"**", "a", true},
		{"a*c", "abbc", true}, {"a*c", "abcd", false}, {"*b*", "abc", true}, {"a*b*c", "aXbYbZc", true},
		{"?", "", false}, {"a?c", "abc", true}, {"a?c", "ac", false},
		{"[abc]", "b", true}, {"[a-c]x", "bx", true}, {"[c-a]", "b", true}, {"[^a-c]", "b", false}, {"[^a-c]", "d", true},
		{`[\]]`, "]", true}, {`[a\-z]`, "-", true}, {"[a-", "a", true}, {"[ab", "b", true}, {"[", "x", false}, {"[^", "x", true},
		{`\*`, "*", true}, {`\*`, "a", false}, {`a\`, `a\`, true}, {"a", "A", false}, {"é*", "éa", true},
	}
	for _, tt := range tests {
		if got := matches(tt.pattern, tt.text); got != tt.want {
			t.Errorf("matches(%q, %q) is %v", tt.pattern, tt.text, got)
		}
	}
	// Exponential in a matcher that goes back to every star.
	matches(strings.Repeat("a*", 40)+"b", strings.Repeat("a", 10_000))
}
