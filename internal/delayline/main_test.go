package main

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// asMain makes the test's program delayline itself.
const asMain = "RESPBENCH_TEST_DELAYLINE"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

func TestRunRejects(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"nothing":        {nil, "usage: delayline line"},
		"one word":       {[]string{"proxy"}, "usage: delayline line"},
		"unknown":        {[]string{"tunnel", "1ms"}, "usage: delayline line"},
		"too little":     {[]string{"proxy", "1ms", "127.0.0.1:0"}, "usage: delayline line"},
		"no duration":    {[]string{"proxy", "soon", "127.0.0.1:0", "127.0.0.1:1"}, "delay soon: want a duration"},
		"negative delay": {[]string{"line", "-1us", "line0", "a", "b"}, "delay -1us: want a duration"},
		"no address":     {[]string{"proxy", "1ms", "127.0.0.1", "127.0.0.1:1"}, "missing port"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := run(test.args, io.Discard); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("run(%q): %v, want %q", test.args, err, test.want)
			}
		})
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for want, took := range map[time.Duration][]time.Duration{
		7: {7},
		5: {9, 1, 5},
		6: {8, 2, 6, 4},
	} {
		if got := median(took); got != want {
			t.Errorf("median(%v) = %v, want %v", took, got, want)
		}
	}
}
