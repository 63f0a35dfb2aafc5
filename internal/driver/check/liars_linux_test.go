package check

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/servertest"
)

// liars are the players' lies, and how they are found out: by any trial of
// exactly so many steps, whose counts the server confirms or not, and by the
// check. Where plain is empty, an ordinary trial cannot show it.
var liars = []struct{ lie, plain, check string }{
	{"garbage", "not an event", "not an event"},
	{"silence", "no progress for", "no progress for"},
	{"crash", "KeyError: 'redis'", "exit status 3"},
	{"leaves", "without a record", "without a record"},
	{"endless beats", "more than 1000 lines in a second", "more than 1000 lines in a second"},
	{"never ready", "not ready 6s after it was started", "not ready 6s after it was started"},
	{"endless line", "a line of more than 1024 KiB", "a line of more than 1024 KiB"},
	{"endless stderr", "no progress for", "no progress for"},
	{"starts unasked", `"started" without "ready"`, `"started" without "ready"`},
	{"too few", "did 1000 of the 1001 steps", "did 1000 of the 1001 steps"},
	{"skips", "the server counted", "the server counted"},
	{"more than it did", "did 1002 of the 1001 steps", "did 1002 of the 1001 steps"},
	{"forgets to warm", "the server counted", "the server counted"},
	{"wrong count", "did 1002 of the 1001 steps", "did 1002 of the 1001 steps"},
	{"samples too short", "wrote 8005 bytes of samples", "wrote 8005 bytes of samples"},
	{"samples too long", "wrote 8016 bytes of samples", "wrote 8016 bytes of samples"},
	{"errors out of hand", "counts 3 errors; 0 of its samples", "counts 3 errors; 0 of its samples"},
	{"shorter window", "sum to more than its window", "sum to more than its window"},
	{"gaps", "the end of one step is the start of the next", "the end of one step is the start of the next"},
	{"stops unasked", "says that it was stopped", "says that it was stopped"},
	{"short", "", "at least 0.4 s was asked for"},
	{"no CPU", "", "0s of CPU"},
	{"much CPU", "CPU time", "CPU time"},
	{"no connections", "", "says 0 connections, it has opened 1"},
	{"one connection", "", "says 1 connections, it has opened 7"},
	{"always the same", "", "the same value"},
	{"too long", "", "a value has 34 bytes, asked for were 33"},
	{"every other", "", "its turn was key"},
	{"blind", "", "a wrong byte in one reply to a GET is a mismatch, and fails the trial: reply"},
	{"hides errors", "", "one error for a SET is one failed step, and the trial goes on: reply"},
	{"tries again", "", "one error for a GET is one failed step, and the trial goes on: reply"},
	{"gives up", "", "one error for a SET"},
	{"averages", "", "held back for 150ms: 0 of 201 samples"},
	{"any protocol", "", "does not refuse protocol 1000"},
	{"SIGINT", "", "after SIGINT: it ended (signal: interrupt)"},
	{"deaf", "", "a pipe that is closed in the window ends it, with a record: it still ran"},
	{"waits for its calls", "", "a pipe that is closed while a call is blocked ends it: it still ran"},
}

// stuck is the patience with liars.
const stuck = 2 * time.Second

func liar(t *testing.T, lie string) *driver.Driver {
	t.Helper()
	return described(t, os.Args[0], playing, lie)
}

func TestLiars(t *testing.T) {
	for _, l := range liars {
		t.Run(l.lie, func(t *testing.T) {
			t.Parallel()
			d, s := liar(t, l.lie), servertest.Start(t, servertest.Options{})
			var out strings.Builder
			err := run(t.Context(), &out, d, accessOf(s), stuck)
			if _, found := errors.AsType[*Failure](err); !found || !hasFailed(out.String(), l.check) {
				t.Errorf("the check says %v, want a failure that has %q\n%s", err, l.check, out.String())
			}
			if strings.ContainsRune(out.String(), '\x1b') || strings.Contains(out.String(), "/home/me") {
				t.Errorf("the report has what a driver wrote as it was: %q", out.String())
			}
			if keys := s.Do(t, "DBSIZE"); keys != "0" {
				t.Errorf("%s keys are left", keys)
			}
		})
	}
}

// hasFailed reports whether a check that did not hold says so.
func hasFailed(report, text string) bool {
	for line := range strings.Lines(report) {
		if strings.HasPrefix(line, "FAIL ") && strings.Contains(line, text) {
			return true
		}
	}
	return false
}

// What an ordinary trial shows of a lie: it has failed, and says why.
func TestLiarsInTrials(t *testing.T) {
	for _, l := range liars {
		t.Run(l.lie, func(t *testing.T) {
			t.Parallel()
			err := plain(t, liar(t, l.lie))
			if l.plain == "" && err != nil || l.plain != "" && (err == nil || !strings.Contains(err.Error(), l.plain)) {
				t.Errorf("a trial of it says %v, want %q", err, l.plain)
			}
		})
	}
}

// plain runs one trial, and has the server confirm its counts.
func plain(t *testing.T, d *driver.Driver) error {
	t.Helper()
	access := accessOf(servertest.Start(t, servertest.Options{}))
	admin := server.NewAdmin(server.Remote, access, server.Limits{})
	defer admin.Close()
	if err := admin.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := subject{driver: d, library: "player", variant: "default", access: access, admin: admin, patience: stuck}
	sh := shapes[0]
	if _, named := d.About.Scenarios[sh.scenario]; !named {
		sh = shapes[2]
	}
	spec := s.spec(sh)
	spec.Limit.Steps = sh.steps
	count, err := s.counting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := s.try(t.Context(), spec, access, func() {})
	if err != nil {
		return err
	}
	_, err = count(t.Context(), m)
	return err
}

func TestHonestPlayer(t *testing.T) {
	t.Parallel()
	passes(t, liar(t, ""))
}

func TestOwnWords(t *testing.T) {
	t.Parallel()
	passes(t, liar(t, ownWords))
}

func TestLyingDescriptions(t *testing.T) {
	t.Parallel()
	for lie, want := range map[string]string{
		"describes garbage":          "not one JSON object",
		"describes at length":        "more than 1024 KiB",
		"describes another protocol": "protocol 2; have 1",
		"describes an evil name":     "lower-case letters, digits and dashes",
	} {
		_, err := driver.Describe(context.Background(), []string{os.Args[0], playing, lie})
		if err == nil || !strings.Contains(err.Error(), want) || strings.ContainsRune(fmt.Sprint(err), '\x1b') {
			t.Errorf("%s: got %v, want %q", lie, err, want)
		}
	}
}
