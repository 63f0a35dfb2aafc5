package clients

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func reply(fill func(*Reply)) *Reply {
	r := &Reply{}
	fill(r)
	return r
}

func bytesReply(b []byte) *Reply  { return reply(func(r *Reply) { r.Bytes(b) }) }
func stringReply(s string) *Reply { return reply(func(r *Reply) { r.String(s) }) }

func TestValueOf(t *testing.T) {
	for _, b := range [][]byte{nil, {}, []byte("v"), {0, 255}} {
		v := ValueOf(b)
		if string(v) != string(b) || !bytes.Equal(v.Bytes(), b) || cap(v.Bytes()) != len(b) {
			t.Errorf("%q became %q and %q", b, string(v), v.Bytes())
		}
	}
}

func TestReplyIs(t *testing.T) {
	want := ValueOf([]byte("value"))
	cases := []struct {
		name  string
		reply *Reply
		is    bool
		len   int
		miss  bool
	}{
		{"bytes", bytesReply([]byte("value")), true, 5, false},
		{"string", stringReply("value"), true, 5, false},
		{"other bytes", bytesReply([]byte("valuf")), false, 5, false},
		{"other string", stringReply("valu"), false, 4, false},
		{"empty", bytesReply(nil), false, 0, false},
		{"miss", reply((*Reply).Miss), false, -1, true},
		{"nothing", &Reply{}, false, -1, false},
		{"reset", reply(func(r *Reply) { r.String("value"); r.Reset() }), false, -1, false},
		{"string after bytes", reply(func(r *Reply) { r.Bytes([]byte("value")); r.String("other") }), false, 5, false},
	}
	for _, c := range cases {
		if got := c.reply.Is(want); got != c.is {
			t.Errorf("%s: Is = %v", c.name, got)
		}
		if got := c.reply.Len(); got != c.len {
			t.Errorf("%s: Len = %d, want %d", c.name, got, c.len)
		}
		if got := c.reply.Text(); len(got) != max(c.len, 0) {
			t.Errorf("%s: Text = %q", c.name, got)
		}
		if got := c.reply.IsMiss(); got != c.miss {
			t.Errorf("%s: IsMiss = %v", c.name, got)
		}
	}
	if !bytesReply([]byte{}).Is(ValueOf(nil)) {
		t.Error("an empty reply is not an empty value")
	}
	if (&Reply{}).Is(ValueOf(nil)) {
		t.Error("no reply is an empty value")
	}
}

// Up to 4 KiB every byte counts; beyond that both ends and the length do.
func TestReplyIsSensitive(t *testing.T) {
	for _, size := range []int{1, 64, wholeCompare, wholeCompare + 1, 1 << 20} {
		original := bytes.Repeat([]byte{'a'}, size)
		want := ValueOf(original)
		if !bytesReply(bytes.Clone(original)).Is(want) {
			t.Errorf("%d bytes are not themselves", size)
		}
		if bytesReply(original[:size-1]).Is(want) {
			t.Errorf("%d bytes are one less", size)
		}
		positions := []int{0, size / 32, size - 1}
		if size > wholeCompare {
			positions = []int{0, 63, size - 64, size - 1}
		}
		for _, at := range positions {
			changed := bytes.Clone(original)
			changed[at] = 'b'
			if bytesReply(changed).Is(want) {
				t.Errorf("byte %d of %d does not count", at, size)
			}
		}
	}
}

func TestLargeValuesAreSampledBetweenTheEnds(t *testing.T) {
	const size = 1 << 20
	want := ValueOf(make([]byte, size))
	torn := make([]byte, size) // a reply whose second half is something else
	for i := size / 2; i < size-64; i++ {
		torn[i] = 1
	}
	if bytesReply(torn).Is(want) {
		t.Error("half of another value passes")
	}
}

func TestCheckNamesTheKeyAndTheDifference(t *testing.T) {
	want := ValueOf([]byte("value"))
	cases := []struct {
		reply *Reply
		says  string
	}{
		{reply((*Reply).Miss), "is missing"},
		{&Reply{}, "no reply"},
		{stringReply("val"), "has 3 bytes, expected 5"},
		{stringReply("VALUE"), "other content"},
	}
	for _, c := range cases {
		err := c.reply.Check("the key", want)
		if _, ok := errors.AsType[*Mismatch](err); !ok {
			t.Errorf("%v is no mismatch", err)
			continue
		}
		if text := err.Error(); !strings.Contains(text, "the key") || !strings.Contains(text, c.says) {
			t.Errorf("%q does not say %q", text, c.says)
		}
	}
	if text := (&Mismatch{Key: "the key", Want: 5, Got: 5, Stale: true}).Error(); !strings.Contains(text, "older value") {
		t.Errorf("%q does not say that the value is older", text)
	}
	if err := stringReply("value").Check("the key", want); err != nil {
		t.Error(err)
	}
}

func TestCheckAllocatesNothing(t *testing.T) {
	body := []byte("value")
	want := ValueOf([]byte("value"))
	var r Reply
	if n := testing.AllocsPerRun(100, func() {
		r.Reset()
		r.Bytes(body)
		if r.Check("the key", want) != nil {
			t.Fatal("mismatch")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestLacks(t *testing.T) {
	pipeline := Capabilities{Pipeline: true}
	cases := []struct {
		has, needs Capabilities
		want       string
	}{
		{Capabilities{}, Capabilities{}, ""},
		{pipeline, Capabilities{}, ""},
		{pipeline, pipeline, ""},
		{Capabilities{}, pipeline, "explicit pipelining"},
	}
	for _, c := range cases {
		if got := c.has.Lacks(c.needs); got != c.want {
			t.Errorf("%+v lacks %q of %+v, want %q", c.has, got, c.needs, c.want)
		}
	}
}
