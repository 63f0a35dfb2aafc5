package svg

import (
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

func TestCut(t *testing.T) {
	for _, test := range []struct {
		text  string
		width vg.Length
		want  string
	}{
		{"goredis", 200, "goredis"},
		{"", 200, ""},
		{"", 0, ""},
		{"github.com/redis/rueidis v1.0.76", 150, "github.com/red.. v1.0.76"},
		{"goredis", 0, ".."},
	} {
		if got := smallText.cut(test.text, test.width); got != test.want {
			t.Errorf("%q cut to %v is %q, want %q", test.text, test.width, got, test.want)
		}
	}
	endless := strings.Repeat("w", 1<<20)
	if got := smallText.cut(endless, 1e9); len(got) > longest+2 {
		t.Errorf("a text of a megabyte keeps %d bytes", len(got))
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		text  string
		width vg.Length
		want  []string
		whole bool
	}{
		{"goredis", 100, []string{"goredis"}, true},
		{"", 100, []string{""}, true},
		{"valkey-go pipelined, 100 workers", 80, []string{"valkey-go", "pipelined,", "100 workers"}, true},
		{"valkey-go pipelined", 60, []string{"valkey-go", "pipelined"}, true},
		{"one two three four", 40, []string{"one", "two", "thr..ur"}, false},
		{"unbreakable-text", 50, []string{"unbr..e-", "text"}, false},
	} {
		got, whole := smallText.wrap(test.text, test.width, 3)
		if !slices.Equal(got, test.want) || whole != test.whole {
			t.Errorf("%q in %v: %q, whole: %v; want %q, whole: %v", test.text, test.width, got, whole, test.want, test.whole)
		}
	}
}

// Letters that the font lacks get room of their own.
func TestWideLetters(t *testing.T) {
	if got := smallText.width("日本語"); got < 3*smallText.size {
		t.Errorf("three wide letters get %v", got)
	}
}
