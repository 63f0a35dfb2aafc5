package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// fourTrials are a run, each long enough to be seen.
var fourTrials = []string{
	"run", "--server", "embedded", "-s", "sync", "-c", "raw,redigo", "-k", "100", "--duration", "600ms", "--warmup", "0",
	"--rounds", "2", "--pin", "none", "-o", "out.jsonl",
}

// inArea are words that only an area has.
var inArea = regexp.MustCompile(`\[[#.]+\]|round \d/\d|finishing|starting|loading`)

// expectClean wants nothing of an area on the screen, and the cursor on an
// empty line.
func (term *terminal) expectClean() {
	term.t.Helper()
	term.close()
	s := term.screen
	if left := inArea.FindString(s.String()); left != "" {
		term.t.Errorf("%q is left on the screen:\n%s", left, s)
	}
	if s.at != 0 || len(s.rows[s.row]) > 0 {
		term.t.Errorf("the cursor is at column %d of %q", s.at, string(s.rows[s.row]))
	}
	for _, line := range s.wrapped {
		if inArea.MatchString(line) || strings.Contains(line, " ok  ") {
			term.t.Errorf("%q runs over the edge", line)
		}
	}
}

func TestAreaOnTerminals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		columns int
		during  string // on the screen
		after   []string
	}{
		{"usual", 80, "round 2/2  sync  r", []string{"sync  raw  2/2 ok  ", "sync  redigo  2/2 ok  ", " ops/s  0 errors", "saved: out.jsonl"}},
		{"narrow", 20, "sync  redigo\n", []string{"\nsync  raw\n", "\nsync  redigo\n"}},
		{"wide", 300, "round 2/2  sync  r", []string{"sync  raw  2/2 ok  "}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			term := newTerminal(t, test.columns, 24)
			p := term.start(nil, nil, append([]string{binary}, fourTrials...)...)
			term.await(test.during)
			p.expect(t, exitDone, patience)
			term.expectClean()
			for _, want := range test.after {
				if !strings.Contains(term.text(), want) {
					t.Errorf("no %q on the screen:\n%s", want, term.text())
				}
			}
		})
	}
}

// A terminal that is narrowed breaks the lines of an area, or cuts them off.
func TestAreaOnResizedTerminal(t *testing.T) {
	t.Parallel()
	for variable, reflows := range map[string]bool{"XTERM_VERSION=": true, "XTERM_VERSION=XTerm(379)": false} {
		t.Run(variable, func(t *testing.T) {
			t.Parallel()
			term := newTerminal(t, 80, 24)
			term.screen.reflows = reflows
			p := term.start(nil, []string{"STY=", "TMUX=", variable}, append([]string{binary}, append(fourTrials, "--rounds", "5")...)...)
			term.await("round 1/5")
			for _, columns := range []int{30, 12, 120} {
				term.resize(columns, 24)
				for deadline := time.Now().Add(patience); term.draws() <= knowing; time.Sleep(5 * time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("not drawn on %d columns:\n%s", columns, term.text())
					}
				}
			}
			p.expect(t, exitDone, patience)
			term.expectClean()
			if !strings.Contains(term.text(), "loaded 100 k") {
				t.Errorf("a line above the area is gone:\n%s", term.text())
			}
		})
	}
}

func TestTruncates(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		set  map[string]string
		want bool
	}{
		{map[string]string{"TERM": "xterm-256color"}, false},
		{map[string]string{"TERM": "xterm-256color", "XTERM_VERSION": "XTerm(379)"}, true},
		{map[string]string{"TERM": "tmux-256color", "XTERM_VERSION": "XTerm(379)", "TMUX": "/tmp/tmux"}, false},
		{map[string]string{"TERM": "screen", "STY": "1.tty"}, true},
		{map[string]string{"TERM": "linux"}, true},
	} {
		if got := truncates(func(name string) string { return test.set[name] }); got != test.want {
			t.Errorf("%v: %v, want %v", test.set, got, test.want)
		}
	}
}

func TestCtrlCOnTerminal(t *testing.T) {
	t.Parallel()
	term := newTerminal(t, 80, 24)
	p := term.start(nil, nil, append([]string{binary}, append(fourTrials, "--rounds", "100")...)...)
	term.await("round 2/100")
	if _, err := term.master.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	p.expect(t, 130, patience)
	term.expectClean()
	if said := regexp.MustCompile(`interrupted.*: ended by SIGINT\n(?s:.*)saved: out\.jsonl\n`); !said.MatchString(term.text()) {
		t.Errorf("no %v on the screen:\n%s", said, term.text())
	}
	p.expectNothingLeft(t)
}

// What a shell writes while the program is suspended stays.
func TestSuspensionOnTerminal(t *testing.T) {
	t.Parallel()
	term := newTerminal(t, 80, 24)
	p := term.start(nil, nil, append([]string{binary}, append(fourTrials, "--rounds", "4")...)...)
	term.await("round 1/4")
	if err := p.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	time.Sleep(600 * time.Millisecond)
	const said = "the shell was here"
	if _, err := term.slave.WriteString(said + "\n"); err != nil {
		t.Fatal(err)
	}
	if err := p.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	p.expect(t, exitDone, patience)
	term.close()
	if !strings.Contains(term.text(), said) || strings.Contains(after(term.text(), said), "round 4/4") {
		t.Errorf("the screen:\n%s", term.text())
	}
}

func after(text, mark string) string {
	_, rest, _ := strings.Cut(text, mark)
	return rest
}

// Colour marks what failed, where it is welcome.
func TestColourOnTerminal(t *testing.T) {
	t.Parallel()
	failing := slices.Concat(fourTrials, []string{"-c", "fake:error", "--rounds", "1"})
	for _, test := range []struct {
		variable       string
		coloured, area bool
	}{{"NO_COLOR=", true, true}, {"NO_COLOR=1", false, true}, {"TERM=dumb", false, false}} {
		t.Run(test.variable, func(t *testing.T) {
			t.Parallel()
			term := newTerminal(t, 80, 24)
			p := term.start(nil, []string{test.variable}, append([]string{binary}, failing...)...)
			p.expect(t, exitTrial, patience)
			term.expectClean()
			if term.screen.coloured != test.coloured {
				t.Errorf("coloured: %v, want %v", term.screen.coloured, test.coloured)
			}
			if got := strings.Contains(term.bytes(), "\x1b["); got != test.area {
				t.Errorf("redrawn: %v, want %v", got, test.area)
			}
		})
	}
}

// A pager has the terminal as long as it takes keys one by one, and what reads
// a stream of results may write there at any time.
func TestPagerOnTerminal(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, pipeline string
		keys           bool // one by one
		redrawn, plain bool
	}{
		{"table", `"$0" "$@" | cat`, false, true, false},
		{"results", `"$0" "$@" -o - | cat`, false, false, true},
		{"pager of results", `"$0" "$@" -o - | cat >piped`, true, false, true}, // in the end
		{"pager of the table", `"$0" "$@" | cat >piped`, true, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			term := newTerminal(t, 80, 24)
			if test.keys {
				term.takeKeys()
			}
			p := term.start(nil, nil, slices.Concat([]string{"sh", "-c", test.pipeline, binary}, fourTrials)...)
			term.await("loaded 100 keys")
			p.expect(t, exitDone, patience)
			before, _, _ := strings.Cut(term.bytes(), "saved:")
			if got := strings.Contains(before, "\x1b["); got != test.redrawn {
				t.Errorf("redrawn: %v, want %v: %q", got, test.redrawn, before)
			}
			if got := strings.Contains(before, "[1/4] round 1  sync"); got != test.plain {
				t.Errorf("plain lines: %v: %q", got, before)
			}
			term.expectClean()
		})
	}
}

// takeKeys makes the terminal do as for a pager.
func (term *terminal) takeKeys() {
	term.t.Helper()
	modes, err := unix.IoctlGetTermios(int(term.slave.Fd()), unix.TCGETS)
	if err != nil {
		term.t.Fatal(err)
	}
	modes.Lflag &^= unix.ICANON | unix.ECHO
	if err := unix.IoctlSetTermios(int(term.slave.Fd()), unix.TCSETS, modes); err != nil {
		term.t.Fatal(err)
	}
}

// A job in the background writes nothing before its end.
func TestBackgroundOnTerminal(t *testing.T) {
	t.Parallel()
	term := newTerminal(t, 80, 24)
	p := term.start(nil, nil, slices.Concat([]string{"sh", "-c", `set -m; "$0" "$@" & wait`, binary}, fourTrials)...)
	p.expect(t, exitDone, patience)
	if strings.Contains(term.bytes(), "\x1b[") {
		t.Errorf("redrawn in the background: %q", term.bytes())
	}
	if !strings.Contains(term.text(), "sync  raw  2/2 ok") {
		t.Errorf("the cells are missing:\n%s", term.text())
	}
	term.expectClean()
}

func TestSeen(t *testing.T) {
	t.Parallel()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	defer write.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if !seen(write) || seen(file) || !seen(&watched{}) {
		t.Errorf("a pipe %v, a file %v, something else %v; want true, false, true", seen(write), seen(file), seen(&watched{}))
	}
}
