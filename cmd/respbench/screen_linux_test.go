package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A terminal is the far end of a pseudo-terminal: it shows what a program
// writes, and fails the test at whatever it does not know.
type terminal struct {
	t             *testing.T
	master, slave *os.File
	ended         chan struct{} // nobody writes any more

	mu       sync.Mutex
	screen   *screen
	received strings.Builder
}

func newTerminal(t *testing.T, columns, rows int) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("needs pseudo-terminals: ", err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, master: master, slave: slave, ended: make(chan struct{}), screen: newScreen(columns)}
	term.setSize(columns, rows)
	go term.read()
	return term
}

// resize makes it narrower or wider.
func (term *terminal) resize(columns, rows int) {
	term.t.Helper()
	term.mu.Lock()
	defer term.mu.Unlock()
	term.screen.resize(columns)
	term.setSize(columns, rows)
}

func (term *terminal) setSize(columns, rows int) {
	term.t.Helper()
	if err := unix.IoctlSetWinsize(int(term.master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(columns), Row: uint16(rows)}); err != nil {
		term.t.Fatal(err)
	}
}

func (term *terminal) read() {
	defer close(term.ended)
	buffer := make([]byte, 4096)
	for {
		n, err := term.master.Read(buffer)
		term.mu.Lock()
		term.received.Write(buffer[:n])
		if strange := term.screen.feed(string(buffer[:n])); strange != nil {
			term.t.Errorf("%v, in %q", strange, term.received.String())
			err = strange
		}
		term.mu.Unlock()
		if err != nil {
			if !errors.Is(err, syscall.EIO) && !errors.Is(err, io.EOF) { // EIO: nobody has the slave any more
				term.t.Errorf("read the terminal: %v", err)
			}
			return
		}
	}
}

// start starts a command whose terminal this is, in a session of its own. What
// goes to stdout goes there, too, unless it is given.
func (term *terminal) start(stdout *os.File, variables []string, args ...string) *process {
	term.t.Helper()
	p := newProcess(term.t, args...)
	p.Env = append(append(p.Env, "TERM=xterm-256color"), variables...)
	p.Stdin, p.Stdout, p.Stderr = term.slave, term.slave, term.slave
	if stdout != nil {
		p.Stdout = stdout
	}
	p.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	p.begin(term.t)
	return p
}

// close waits for all that was written.
func (term *terminal) close() {
	term.slave.Close()
	<-term.ended
}

func (term *terminal) text() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.screen.String()
}

func (term *terminal) bytes() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.received.String()
}

// draws are those of an area since the terminal was resized.
func (term *terminal) draws() int {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.screen.draws
}

// await waits until the screen shows something.
func (term *terminal) await(text string) {
	term.t.Helper()
	for deadline := time.Now().Add(patience); !strings.Contains(term.text(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			term.t.Fatalf("no %q on the screen:\n%s", text, term.text())
		}
	}
}

// A screen knows the few sequences that respbench uses, and no other.
type screen struct {
	columns   int
	rows      [][]rune // from the first that was ever written; it never scrolls out
	row, at   int      // cursor
	goesOn    []bool   // each row, in the next
	reflows   bool     // when resized; else it cuts off
	draws     int      // of an area, since it was resized
	wrapped   []string // lines that ran over the edge, of draws that knew its size
	coloured  bool
	unreadyet string // an incomplete sequence
}

// knowing is the draw after which a program knows another size: it may have been
// about to write when that was changed.
const knowing = 2

func newScreen(columns int) *screen {
	return &screen{columns: columns, draws: knowing, rows: [][]rune{nil}, goesOn: []bool{false}}
}

func (s *screen) resize(columns int) {
	s.columns, s.draws = columns, 0
	s.at = min(s.at, columns-1)
	if s.reflows {
		s.reflow()
		return
	}
	for i, row := range s.rows {
		s.rows[i] = row[:min(len(row), columns)]
	}
}

// reflow joins the rows of each line and breaks it again.
func (s *screen) reflow() {
	rows, goesOn, cursor := s.rows, s.goesOn, s.row
	s.rows, s.goesOn = nil, nil
	for i := 0; i < len(rows); i++ {
		if i <= cursor {
			s.row = len(s.rows)
		}
		line := slices.Clone(rows[i])
		for ; goesOn[i]; i++ {
			line = append(line, rows[i+1]...)
		}
		for len(line) > s.columns {
			s.rows, s.goesOn = append(s.rows, line[:s.columns:s.columns]), append(s.goesOn, true)
			line = line[s.columns:]
		}
		s.rows, s.goesOn = append(s.rows, line), append(s.goesOn, false)
	}
}

func (s *screen) String() string {
	lines := make([]string, len(s.rows))
	for i, row := range s.rows {
		lines[i] = strings.TrimRight(string(row), " ")
	}
	return strings.Join(lines, "\n")
}

// feed obeys, and returns what it does not understand.
func (s *screen) feed(text string) error {
	text, s.unreadyet = s.unreadyet+text, ""
	for i, r := range text {
		switch {
		case s.unreadyet != "":
			s.unreadyet += string(r)
			if r != '[' && (r < '0' || r > '9') {
				if err := s.obey(s.unreadyet); err != nil {
					return err
				}
				s.unreadyet = ""
			}
		case r == '\x1b':
			s.unreadyet = "\x1b"
		case r == '\r':
			s.at = 0
		case r == '\n':
			s.down()
		case r < ' ' || r >= 0x7f:
			return fmt.Errorf("a character that is not ASCII text at %d: %q", i, r)
		default:
			s.put(r)
		}
	}
	return nil
}

func (s *screen) obey(sequence string) error {
	var up int
	switch {
	case sequence == "\x1b[J":
		s.rows[s.row] = s.rows[s.row][:min(s.at, len(s.rows[s.row]))]
		s.rows, s.goesOn = s.rows[:s.row+1], s.goesOn[:s.row+1]
		s.goesOn[s.row] = false
	case sequence == "\x1b[31m", sequence == "\x1b[0m":
		s.coloured = true
	case sequence[len(sequence)-1] == 'A':
		if _, err := fmt.Sscanf(sequence, "\x1b[%dA", &up); err != nil || up < 1 || up > s.row {
			return fmt.Errorf("%q moves out of what was written, from row %d", sequence, s.row)
		}
		s.row -= up
		s.draws++
	default:
		return fmt.Errorf("an unknown sequence: %q", sequence)
	}
	return nil
}

func (s *screen) down() {
	if s.row++; s.row == len(s.rows) {
		s.rows, s.goesOn = append(s.rows, nil), append(s.goesOn, false)
	}
}

func (s *screen) put(r rune) {
	if s.at == s.columns {
		if s.draws >= knowing {
			s.wrapped = append(s.wrapped, string(s.rows[s.row]))
		}
		s.goesOn[s.row], s.at = true, 0
		s.down()
	}
	row := s.rows[s.row]
	for len(row) <= s.at {
		row = append(row, ' ')
	}
	row[s.at] = r
	s.rows[s.row] = row
	s.at++
}
