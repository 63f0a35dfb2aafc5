package resp

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// readAll returns every command of a stream, as strings, and the error that
// ended it, nil for io.EOF.
func readAll(r *Reader) (commands [][]string, err error) {
	for {
		args, err := r.ReadCommand()
		if err == io.EOF {
			return commands, nil
		}
		if err != nil {
			return commands, err
		}
		command := make([]string, len(args))
		for i, arg := range args {
			command[i] = string(arg)
		}
		commands = append(commands, command)
	}
}

func TestReadCommand(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	tests := []struct {
		name, in string
		want     [][]string
	}{
		{"array", "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", [][]string{{"GET", "k"}}},
		{"two arrays", "*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nQUIT\r\n", [][]string{{"PING"}, {"QUIT"}}},
		{"empty bulk", "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", [][]string{{"ECHO", ""}}},
		{"binary", "*1\r\n$4\r\n\r\n\x00\xff\r\n", [][]string{{"\r\n\x00\xff"}}},
		{"long bulk", "*2\r\n$3\r\nSET\r\n$100000\r\n" + long + "\r\n", [][]string{{"SET", long}}},
		{"empty and negative arrays", "*0\r\n*-1\r\n*1\r\n$1\r\na\r\n", [][]string{{"a"}}},
		{"inline", "  set k  v \r\nPING\n\r\n\n", [][]string{{"set", "k", "v"}, {"PING"}}},
		{"inline quotes", `a "b c" 'd e' "" x"y"` + "\r\n", [][]string{{"a", "b c", "d e", "", "xy"}}},
		{"inline escapes", `"\x41\n\r\t\b\a\q\"\xZZ" 'it\'s \n'` + "\r\n", [][]string{{"A\n\r\t\b\aq\"xZZ", `it's \n`}}},
		{"inline NUL", "a b\x00c\r\n", [][]string{{"a", "b"}}},
		{"inline then array", "PING\r\n*1\r\n$1\r\na\r\n", [][]string{{"PING"}, {"a"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sources := map[string]io.Reader{
				"whole":        strings.NewReader(tt.in),
				"byte by byte": iotest.OneByteReader(strings.NewReader(tt.in)),
			}
			for name, source := range sources {
				got, err := readAll(NewReader(source, 0))
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func TestReadCommandProtocolErrors(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"array length", "*x\r\n", "invalid multibulk length"},
		{"array length empty", "*\r\n", "invalid multibulk length"},
		{"leading zero", "*01\r\n", "invalid multibulk length"},
		{"plus", "*+1\r\n", "invalid multibulk length"},
		{"beyond int64", "*99999999999999999999\r\n", "invalid multibulk length"},
		{"too many", "*1048577\r\n", "invalid multibulk length"},
		{"no dollar", "*1\r\n:1\r\n", "expected '$', got ':'"},
		{"no dollar, no number", "*1\r\nxyz\r\n", "expected '$', got 'x'"},
		{"no bulk at all", "*1\r\n\r\n", "expected '$', got '\r'"},
		{"bulk length", "*1\r\n$x\r\n", "invalid bulk length"},
		{"bulk negative", "*1\r\n$-1\r\n", "invalid bulk length"},
		{"bulk too large", "*1\r\n$536870913\r\n", "invalid bulk length"},
		{"count never ends", "*" + strings.Repeat("1", MaxLine+1), "too big mbulk count string"},
		{"bulk length never ends", "*1\r\n$" + strings.Repeat("1", MaxLine+1), "too big bulk count string"},
		{"line never ends", strings.Repeat("a", MaxLine+1), "too big inline request"},
		{"open quote", "a \"b\r\n", "unbalanced quotes in request"},
		{"open single quote", "a 'b\r\n", "unbalanced quotes in request"},
		{"text behind a quote", "a \"b\"c\r\n", "unbalanced quotes in request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readAll(NewReader(strings.NewReader(tt.in), 0))
			perr, ok := errors.AsType[*ProtocolError](err)
			if !ok {
				t.Fatalf("got %v, want a protocol error", err)
			}
			if perr.Text != tt.want {
				t.Errorf("got %q, want %q", perr.Text, tt.want)
			}
		})
	}
}

func TestReadCommandCutOff(t *testing.T) {
	whole := "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"
	for n := 1; n < len(whole); n++ {
		_, err := readAll(NewReader(strings.NewReader(whole[:n]), 0))
		if err != io.ErrUnexpectedEOF {
			t.Errorf("%q: got %v, want %v", whole[:n], err, io.ErrUnexpectedEOF)
		}
	}
}

func TestUnauthenticatedLimits(t *testing.T) {
	tests := []struct{ in, want string }{
		{"*11\r\n", "unauthenticated multibulk length"},
		{"*1\r\n$16385\r\n", "unauthenticated bulk length"},
	}
	for _, tt := range tests {
		r := NewReader(strings.NewReader(tt.in), 0)
		r.Unauthenticated = true
		_, err := r.ReadCommand()
		if perr, ok := errors.AsType[*ProtocolError](err); !ok || perr.Text != tt.want {
			t.Errorf("%q: got %v, want %q", tt.in, err, tt.want)
		}
	}
}

// A header alone must not cost memory: the bytes it promises may never come.
func TestPromisedLengthIsNotAllocated(t *testing.T) {
	for _, in := range []string{"*1\r\n$536870912\r\nabc", "*1048576\r\n$1\r\na\r\n"} {
		r := NewReader(strings.NewReader(in), 0)
		if _, err := r.ReadCommand(); err != io.ErrUnexpectedEOF {
			t.Fatalf("%q: got %v", in, err)
		}
		if len(r.buf) > 2*minBuffer || cap(r.spans) > 8 {
			t.Errorf("%q: %d bytes and %d spans were allocated", in, len(r.buf), cap(r.spans))
		}
	}
}

func TestHugeBufferIsGivenBack(t *testing.T) {
	var in []byte
	in = AppendCommand(in, "SET", strings.Repeat("x", 2*keepBuffer))
	in = AppendCommand(in, "PING")
	r := NewReader(iotest.HalfReader(bytes.NewReader(in)), 0)
	if got, err := readAll(r); err != nil || len(got) != 2 {
		t.Fatalf("got %d commands and %v", len(got), err)
	}
	if len(r.buf) > keepBuffer {
		t.Errorf("%d bytes are still held", len(r.buf))
	}
}

func TestReadCommandAllocatesNothing(t *testing.T) {
	request := AppendCommand(nil, "SET", "key:1234567890", strings.Repeat("v", 1000))
	stream := bytes.Repeat(request, 100)
	source := bytes.NewReader(stream)
	r := NewReader(source, 16<<10)
	allocs := testing.AllocsPerRun(100, func() {
		source.Reset(stream)
		for range 100 {
			if args, err := r.ReadCommand(); err != nil || len(args) != 3 {
				t.Fatal(len(args), err)
			}
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations for 100 commands", allocs)
	}
}

func FuzzReadCommand(f *testing.F) {
	for _, seed := range []string{
		"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "PING \"a b\" 'c'\r\n", "*0\r\n*1\r\n$0\r\n\r\n",
		"*1\r\n:1\r\n", "*-1\r\n", "a 'b\\'c' \"\\x41\\n\"\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		whole, err := readAll(NewReader(bytes.NewReader(in), 0))
		pieces, pieceErr := readAll(NewReader(iotest.OneByteReader(bytes.NewReader(in)), 0))
		if diff := cmp.Diff(whole, pieces); diff != "" || (err == nil) != (pieceErr == nil) {
			t.Fatalf("whole (%v) and byte by byte (%v) differ: %s", err, pieceErr, diff)
		}
		var again []byte
		for _, command := range whole {
			again = AppendCommand(again, command...)
		}
		decoded, err := readAll(NewReader(bytes.NewReader(again), 0))
		if diff := cmp.Diff(whole, decoded); diff != "" || err != nil {
			t.Fatalf("encoded and read again (%v): %s", err, diff)
		}
	})
}

func BenchmarkReadCommand(b *testing.B) {
	request := AppendCommand(nil, "SET", "key:1234567890", "xxxxxxxxxxxxxxxx")
	stream := bytes.Repeat(request, 100)
	source := bytes.NewReader(stream)
	r := NewReader(source, 16<<10)
	b.ReportAllocs()
	for b.Loop() {
		if r.Buffered() == 0 && source.Len() == 0 {
			source.Reset(stream)
		}
		if _, err := r.ReadCommand(); err != nil {
			b.Fatal(err)
		}
	}
}
