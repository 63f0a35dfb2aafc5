package clients

import "unsafe"

// A Shape is what sort of reply an Answer holds.
type Shape uint8

// The shapes. Maps are Lists of keys and values in turns, doubles are Texts,
// booleans are Ints.
const (
	Nothing Shape = iota // no reply was handed over
	Null
	Int
	Text
	List
)

// An Answer is the reply to any command, in the form the library gives it to
// its users as far as that goes without copying text. Its text is valid until
// the next call of the session that filled it, like all else that a session
// hands over.
//
// An adapter resets the answer it is handed and then calls one of the Set
// functions, so that an answer can be used for call after call.
type Answer struct {
	Shape Shape
	Int   int64    // of an Int
	Text  string   // of a Text; simple strings, too
	Items []Answer // of a List; its memory is used again
}

// Reset empties the answer and keeps its memory, also that of its elements.
func (a *Answer) Reset() { *a = Answer{Items: a.Items[:0]} }

// SetNull makes a the null.
func (a *Answer) SetNull() { *a = Answer{Shape: Null, Items: a.Items[:0]} }

// SetInt makes a an Int.
func (a *Answer) SetInt(n int64) { *a = Answer{Shape: Int, Int: n, Items: a.Items[:0]} }

// SetBool makes a the Int 1 or 0.
func (a *Answer) SetBool(b bool) {
	a.SetInt(0)
	if b {
		a.Int = 1
	}
}

// SetText makes a a Text.
func (a *Answer) SetText(s string) { *a = Answer{Shape: Text, Text: s, Items: a.Items[:0]} }

// SetBytes makes a a Text over the memory of b.
func (a *Answer) SetBytes(b []byte) { a.SetText(unsafe.String(unsafe.SliceData(b), len(b))) }

// SetList makes a an empty List.
func (a *Answer) SetList() { *a = Answer{Shape: List, Items: a.Items[:0]} }

// Grow appends an empty element to a List and returns it, to be filled before
// the next call of Grow: that may move it.
func (a *Answer) Grow() *Answer {
	if n := len(a.Items); n < cap(a.Items) {
		a.Items = a.Items[:n+1]
		a.Items[n].Reset()
	} else {
		a.Items = append(a.Items, Answer{})
	}
	return &a.Items[len(a.Items)-1]
}
