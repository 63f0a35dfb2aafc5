package resp

import (
	"fmt"
	"strconv"
)

// A Value is one reply of any kind. It owns its memory.
type Value struct {
	Kind  Kind
	Text  string  // Simple, Error, Bulk, BulkError, BigNumber, Verbatim (its text)
	Form  string  // Verbatim: its format, three letters
	Int   int64   // Integer; Boolean: 1 is true
	Float float64 // Double
	Elems []Value // Array, Set, Push; Map: keys and values in turn
	Attrs []Value // keys and values of an attribute sent before this value, in turn
}

// IsError reports whether the server answered with an error, which is v.Text.
func (v Value) IsError() bool { return v.Kind == Error || v.Kind == BulkError }

// String is v as a person would write it down.
func (v Value) String() string {
	switch v.Kind {
	case Integer, Boolean:
		return strconv.FormatInt(v.Int, 10)
	case Double:
		return string(appendFloat(nil, v.Float))
	case Null:
		return "(nil)"
	case Array, Set, Push, Map:
		return fmt.Sprint(v.Elems)
	default:
		return v.Text
	}
}

// Append appends v as it reads in RESP3.
func (v Value) Append(dst []byte) []byte {
	if len(v.Attrs) > 0 {
		dst = appendHeader(dst, Attribute, len(v.Attrs)/2)
		dst = appendAll(dst, v.Attrs)
	}
	switch v.Kind {
	case Simple, Error, BigNumber:
		return appendLine(dst, v.Kind, v.Text)
	case Bulk:
		return AppendBulkString(dst, v.Text)
	case BulkError:
		dst = appendHeader(dst, BulkError, len(v.Text))
		return append(append(dst, v.Text...), '\r', '\n')
	case Verbatim:
		return AppendVerbatim(dst, 3, v.Form, v.Text)
	case Integer:
		return AppendInt(dst, v.Int)
	case Boolean:
		return AppendBool(dst, 3, v.Int != 0)
	case Double:
		return AppendDouble(dst, 3, v.Float)
	case Map:
		return appendAll(AppendMap(dst, 3, len(v.Elems)/2), v.Elems)
	case Array, Set, Push:
		return appendAll(appendHeader(dst, v.Kind, len(v.Elems)), v.Elems)
	default:
		return AppendNull(dst, 3)
	}
}

func appendAll(dst []byte, values []Value) []byte {
	for _, v := range values {
		dst = v.Append(dst)
	}
	return dst
}

// ReadValue reads one reply of any kind, nested at most MaxNested levels. A
// push message is returned like any other value: the caller tells it by its
// kind. An error from the server is a Value and not an error here.
func (r *Reader) ReadValue() (Value, error) {
	if err := r.begin(); err != nil {
		return Value{}, err
	}
	return r.readValue(MaxNested)
}

func (r *Reader) readValue(levels int) (Value, error) {
	if levels < 0 {
		return Value{}, protocolError("too many nested replies")
	}
	kind, body, n, err := r.readReply()
	switch {
	case err != nil:
		return Value{}, err
	case kind == Null || n < 0:
		return Value{Kind: Null}, nil
	case kind == Attribute:
		return r.readAttributed(n, levels)
	case kind == Map:
		elems, err := r.readElems(2*n, levels)
		return Value{Kind: kind, Elems: elems}, err
	case kind.aggregate():
		elems, err := r.readElems(n, levels)
		return Value{Kind: kind, Elems: elems}, err
	}
	return scalarValue(kind, body)
}

// readAttributed reads an attribute of n pairs and the value behind it.
func (r *Reader) readAttributed(n, levels int) (Value, error) {
	attrs, err := r.readElems(2*n, levels)
	if err != nil {
		return Value{}, err
	}
	v, err := r.readValue(levels - 1)
	v.Attrs = append(attrs, v.Attrs...)
	return v, err
}

// readElems reads n values. Their room grows with what arrives.
func (r *Reader) readElems(n, levels int) ([]Value, error) {
	if n < 0 {
		return nil, protocolError("invalid length of an aggregate")
	}
	var elems []Value
	for range n {
		v, err := r.readValue(levels - 1)
		if err != nil {
			return nil, err
		}
		elems = append(elems, v)
	}
	return elems, nil
}

func scalarValue(kind Kind, body []byte) (Value, error) {
	v := Value{Kind: kind}
	var err error
	switch kind {
	case Integer:
		v.Int, err = strconv.ParseInt(string(body), 10, 64)
	case Double:
		v.Float, err = strconv.ParseFloat(string(body), 64)
	case Boolean:
		v.Int, err = parseBool(body)
	case Verbatim:
		if len(body) < 4 || body[3] != ':' {
			return v, protocolError("verbatim string without a format")
		}
		v.Form, v.Text = string(body[:3]), string(body[4:])
	default:
		v.Text = string(body)
	}
	if err != nil {
		return v, protocolError(fmt.Sprintf("invalid %q reply %q", byte(kind), body))
	}
	return v, nil
}

func parseBool(body []byte) (int64, error) {
	switch string(body) {
	case "t":
		return 1, nil
	case "f":
		return 0, nil
	}
	return 0, strconv.ErrSyntax
}
