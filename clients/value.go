package clients

import (
	"fmt"
	"unsafe"
)

// A Value is one payload. An adapter takes it as bytes or as a string,
// whichever its library wants, over the same memory: nothing is converted
// inside the timed section. Nobody writes to it.
type Value string

// ValueOf returns b as a Value. The caller must not change b afterwards.
func ValueOf(b []byte) Value { return Value(unsafe.String(unsafe.SliceData(b), len(b))) }

// Bytes is the payload as bytes, which must not be changed.
func (v Value) Bytes() []byte { return unsafe.Slice(unsafe.StringData(string(v)), len(v)) }

type replyState uint8

const (
	noReply replyState = iota
	isValue
	isMiss
)

// A Reply holds what a GET returned, in the library's own form: bytes are
// looked at as a string over the same memory.
type Reply struct {
	value string
	state replyState
}

// Reset empties the reply: a session that then sets nothing shows as wrong.
func (r *Reply) Reset() { r.state = noReply }

// Bytes takes the reply of a library that returns bytes.
func (r *Reply) Bytes(b []byte) {
	r.value, r.state = unsafe.String(unsafe.SliceData(b), len(b)), isValue
}

// String takes the reply of a library that returns a string.
func (r *Reply) String(s string) { r.value, r.state = s, isValue }

// Miss says that the key does not exist.
func (r *Reply) Miss() { r.state = isMiss }

// Len is the reply's length in bytes, or -1 for a miss or no reply.
func (r *Reply) Len() int {
	if r.state != isValue {
		return -1
	}
	return len(r.value)
}

// Text is the value, or empty where there is none. It is valid until the next
// call.
func (r *Reply) Text() string {
	if r.state != isValue {
		return ""
	}
	return r.value
}

// IsMiss reports whether the key did not exist.
func (r *Reply) IsMiss() bool { return r.state == isMiss }

// wholeCompare is the length up to which values are compared whole.
const wholeCompare = 4 << 10

// Is reports whether the reply is want: compared whole up to 4 KiB; beyond
// that by length, both ends and samples between them.
func (r *Reply) Is(want Value) bool {
	return r.state == isValue && len(r.value) == len(want) &&
		(len(want) <= wholeCompare && r.value == string(want) || len(want) > wholeCompare && sameSampled(r.value, string(want)))
}

// sameSampled compares 64 bytes at both ends and at each sixteenth between.
func sameSampled(got, want string) bool {
	const piece = 64
	last := len(got) - piece
	for i := range 17 {
		at := last * i / 16
		if got[at:at+piece] != want[at:at+piece] {
			return false
		}
	}
	return true
}

// Check returns nil if the reply is want, else a *Mismatch that names key.
func (r *Reply) Check(key string, want Value) error {
	if r.Is(want) {
		return nil
	}
	return r.mismatch(key, want)
}

//go:noinline
func (r *Reply) mismatch(key string, want Value) error {
	return &Mismatch{Key: key, Want: len(want), Got: r.Len(), Miss: r.IsMiss()}
}

// A Mismatch is a reply that is not what was set.
type Mismatch struct {
	Key       string
	Want, Got int // lengths in bytes; Got is -1 where there was no value
	Miss      bool
	Stale     bool   // the reply was written to this very key before: the server went back, nobody mixed up replies
	Detail    string // what is wrong with a reply that is no value; empty: the lengths tell
}

func (m *Mismatch) Error() string {
	switch {
	case m.Detail != "":
		return fmt.Sprintf("mismatch: %s %s", m.Key, m.Detail)
	case m.Miss:
		return fmt.Sprintf("mismatch: %s is missing, expected %d bytes", m.Key, m.Want)
	case m.Stale:
		return fmt.Sprintf("mismatch: %s has an older value of its own (%d bytes)", m.Key, m.Got)
	case m.Got < 0:
		return fmt.Sprintf("mismatch: %s got no reply, expected %d bytes", m.Key, m.Want)
	case m.Got != m.Want:
		return fmt.Sprintf("mismatch: %s has %d bytes, expected %d", m.Key, m.Got, m.Want)
	default:
		return fmt.Sprintf("mismatch: %s has other content than was set (%d bytes)", m.Key, m.Got)
	}
}
