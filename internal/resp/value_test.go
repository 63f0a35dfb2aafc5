package resp

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestReadScalar(t *testing.T) {
	large := strings.Repeat("x", 1<<20)
	tests := []struct {
		in   string
		kind Kind
		body string
	}{
		{"+OK\r\n", Simple, "OK"},
		{"+\r\n", Simple, ""},
		{"-ERR no\r\n", Error, "ERR no"},
		{"!6\r\nERR no\r\n", Error, "ERR no"},
		{":-12\r\n", Integer, "-12"},
		{"$5\r\na\r\nbc\r\n", Bulk, "a\r\nbc"},
		{"$0\r\n\r\n", Bulk, ""},
		{"$1048576\r\n" + large + "\r\n", Bulk, large},
		{"$-1\r\n", Null, ""},
		{"*-1\r\n", Null, ""},
		{"_\r\n", Null, ""},
		{"#t\r\n", Boolean, "t"},
		{",1.5\r\n", Double, "1.5"},
		{"=7\r\ntxt:abc\r\n", Verbatim, "txt:abc"},
	}
	for _, tt := range tests {
		for _, source := range []io.Reader{strings.NewReader(tt.in), iotest.HalfReader(strings.NewReader(tt.in))} {
			r := NewReader(source, 0)
			kind, body, err := r.ReadScalar()
			if err != nil || kind != tt.kind || string(body) != tt.body {
				t.Errorf("%.20q: got %q %.20q %v, want %q %.20q", tt.in, kind, body, err, tt.kind, tt.body)
			}
			if _, _, err := r.ReadScalar(); err != io.EOF {
				t.Errorf("%.20q: %v behind it, want io.EOF", tt.in, err)
			}
		}
	}
}

func TestReadReplyErrors(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"unknown type", "@x\r\n", `unknown reply type '@'`},
		{"bare newline", "+OK\n", "stray line end in a reply"},
		{"stray return", "+O\rK\r\n", "stray line end in a reply"},
		{"bulk too short", "$3\r\nabcd\r\n", "bulk does not end where its length says"},
		{"bulk negative", "$-2\r\n", `invalid length "-2"`},
		{"map of -1", "%-1\r\n", `invalid length "-1"`},
		{"length", "$x\r\n", `invalid length "x"`},
		{"bulk too large", "$536870913\r\n", "invalid bulk length"},
		{"boolean", "#x\r\n", `invalid '#' reply "x"`},
		{"integer", ":1x\r\n", `invalid ':' reply "1x"`},
		{"verbatim", "=3\r\nabc\r\n", "verbatim string without a format"},
		{"map beyond int", "%9223372036854775807\r\n", "invalid length of an aggregate"},
		{"nested", strings.Repeat("*1\r\n", MaxNested+2), "too many nested replies"},
		{"long line", "+" + strings.Repeat("x", MaxLine), "too long line in a reply"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewReader(strings.NewReader(tt.in), 0).ReadValue()
			perr, ok := errors.AsType[*ProtocolError](err)
			if !ok || perr.Text != tt.want {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if _, _, err := NewReader(strings.NewReader("*1\r\n"), 0).ReadScalar(); err == nil {
		t.Error("ReadScalar took an array")
	}
}

func TestValueRoundTrip(t *testing.T) {
	values := []Value{
		{Kind: Simple, Text: "OK"},
		{Kind: Error, Text: "ERR no"},
		{Kind: BulkError, Text: "ERR a\r\nb"},
		{Kind: Integer, Int: math.MinInt64},
		{Kind: Bulk, Text: "\x00\r\n\xff"},
		{Kind: Null},
		{Kind: Boolean, Int: 1},
		{Kind: Double, Float: -1.25e100},
		{Kind: Double, Float: math.Inf(-1)},
		{Kind: BigNumber, Text: "-3492890328409238509324850943850943825024385"},
		{Kind: Verbatim, Form: "txt", Text: "hello"},
		{Kind: Array},
		{Kind: Map, Elems: []Value{{Kind: Bulk, Text: "k"}, {Kind: Array, Elems: []Value{{Kind: Null}}}}},
		{Kind: Set, Elems: []Value{{Kind: Integer, Int: 1}}},
		{Kind: Push, Elems: []Value{{Kind: Bulk, Text: "invalidate"}, {Kind: Null}}},
		{Kind: Integer, Int: 1, Attrs: []Value{{Kind: Simple, Text: "ttl"}, {Kind: Integer, Int: 3}}},
	}
	for _, want := range values {
		encoded := want.Append(nil)
		got, err := NewReader(iotest.OneByteReader(bytes.NewReader(encoded)), 0).ReadValue()
		if err != nil {
			t.Errorf("%q: %v", encoded, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", encoded, diff)
		}
	}
}

func TestAppendInBothProtocols(t *testing.T) {
	tests := []struct {
		name         string
		append       func(proto int) []byte
		resp2, resp3 string
	}{
		{"null", func(p int) []byte { return AppendNull(nil, p) }, "$-1\r\n", "_\r\n"},
		{"map", func(p int) []byte { return AppendMap(nil, p, 6) }, "*12\r\n", "%6\r\n"},
		{"set", func(p int) []byte { return AppendSet(nil, p, 6) }, "*6\r\n", "~6\r\n"},
		{"true", func(p int) []byte { return AppendBool(nil, p, true) }, ":1\r\n", "#t\r\n"},
		{"false", func(p int) []byte { return AppendBool(nil, p, false) }, ":0\r\n", "#f\r\n"},
		{"double", func(p int) []byte { return AppendDouble(nil, p, 1.5) }, "$3\r\n1.5\r\n", ",1.5\r\n"},
		{"not a number", func(p int) []byte { return AppendDouble(nil, p, math.NaN()) }, "$3\r\nnan\r\n", ",nan\r\n"},
		{"verbatim", func(p int) []byte { return AppendVerbatim(nil, p, "txt", "a") }, "$1\r\na\r\n", "=5\r\ntxt:a\r\n"},
		{"line break", func(int) []byte { return AppendError(nil, "ERR a\r\nb") }, "-ERR a  b\r\n", "-ERR a  b\r\n"},
		{"simple", func(int) []byte { return AppendSimple(nil, "OK") }, "+OK\r\n", "+OK\r\n"},
		{"integer", func(int) []byte { return AppendInt(nil, -10) }, ":-10\r\n", ":-10\r\n"},
	}
	for _, tt := range tests {
		if got := string(tt.append(2)); got != tt.resp2 {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.resp2)
		}
		if got := string(tt.append(3)); got != tt.resp3 {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.resp3)
		}
	}
}

func TestScalarsAllocateNothing(t *testing.T) {
	stream := bytes.Repeat([]byte("+OK\r\n$5\r\nhello\r\n:12345\r\n$-1\r\n"), 100)
	source := bytes.NewReader(stream)
	r := NewReader(source, 16<<10)
	request := make([]byte, 0, 1<<10)
	allocs := testing.AllocsPerRun(100, func() {
		source.Reset(stream)
		for range 400 {
			if _, _, err := r.ReadScalar(); err != nil {
				t.Fatal(err)
			}
			request = AppendCommand(request[:0], "SET", "key", "value")
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations for 400 replies and requests", allocs)
	}
}

func FuzzReadValue(f *testing.F) {
	for _, seed := range []string{
		"+OK\r\n", "-ERR x\r\n", ":1\r\n", "$3\r\nabc\r\n", "*2\r\n$-1\r\n*-1\r\n", "%1\r\n+a\r\n#t\r\n",
		"|1\r\n+a\r\n:1\r\n~1\r\n,inf\r\n", ">1\r\n(12\r\n", "=5\r\ntxt:a\r\n", "!3\r\nERR\r\n", "_\r\n",
	} {
		f.Add([]byte(seed))
	}
	same := cmp.Options{cmpopts.EquateNaNs()}
	f.Fuzz(func(t *testing.T, in []byte) {
		NewReader(bytes.NewReader(in), 0).ReadScalar()
		v, err := NewReader(bytes.NewReader(in), 0).ReadValue()
		if err != nil {
			return
		}
		got, err := NewReader(bytes.NewReader(v.Append(nil)), 0).ReadValue()
		if diff := cmp.Diff(v, got, same); diff != "" || err != nil {
			t.Fatalf("encoded as %q and read again (%v): %s", v.Append(nil), err, diff)
		}
	})
}

func BenchmarkReadScalar(b *testing.B) {
	stream := bytes.Repeat([]byte("+OK\r\n$16\r\nxxxxxxxxxxxxxxxx\r\n"), 100)
	source := bytes.NewReader(stream)
	r := NewReader(source, 16<<10)
	b.ReportAllocs()
	for b.Loop() {
		if r.Buffered() == 0 && source.Len() == 0 {
			source.Reset(stream)
		}
		if _, _, err := r.ReadScalar(); err != nil {
			b.Fatal(err)
		}
	}
}
