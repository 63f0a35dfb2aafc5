package radix

import (
	"cmp"
	"errors"

	"github.com/mediocregopher/radix/v4/resp"
	"github.com/mediocregopher/radix/v4/resp/resp3"
	"respbench.dev/respbench/clients"
)

// A reply receives any reply: the library has no receiver for those whose shape
// is not known before, but an any, which cannot hold a map of texts.
type reply struct{ clients.Answer }

// UnmarshalRESP implements the library's resp.Unmarshaler.
func (r *reply) UnmarshalRESP(br resp.BufferedReader, o *resp.Opts) error {
	return read(&r.Answer, br, o)
}

func read(into *clients.Answer, br resp.BufferedReader, o *resp.Opts) error {
	if err := resp3.DiscardAttribute(br, o); err != nil {
		return err
	}
	start, err := br.Peek(len("*-1")) // no reply is shorter
	if err != nil {
		return err
	}
	switch prefix := resp3.Prefix(start[0]); {
	case string(start) == "*-1":
		into.SetNull()
		return resp3.Unmarshal(br, nil, o)
	case prefix == resp3.NumberPrefix:
		var n int64
		err = resp3.Unmarshal(br, &n, o)
		into.SetInt(n)
	case prefix == resp3.BooleanPrefix:
		var is bool
		err = resp3.Unmarshal(br, &is, o)
		into.SetBool(is)
	case prefix == resp3.ArrayHeaderPrefix, prefix == resp3.MapHeaderPrefix, prefix == resp3.SetHeaderPrefix, prefix == resp3.PushHeaderPrefix:
		return list(into, prefix, br, o)
	default:
		return text(into, br, o)
	}
	return err
}

// text is also a number as text, a null, and an error.
func text(into *clients.Answer, br resp.BufferedReader, o *resp.Opts) error {
	var body []byte
	err := resp3.Unmarshal(br, &body, o)
	into.SetBytes(body)
	if body == nil {
		into.SetNull()
	}
	return err
}

// list returns the first of the server's errors when it has gone through all.
func list(into *clients.Answer, prefix resp3.Prefix, br resp.BufferedReader, o *resp.Opts) error {
	n, err := elements(prefix, br, o)
	if err != nil {
		return err
	}
	into.SetList()
	var first error
	for range n {
		err := read(into.Grow(), br, o)
		if _, goesOn := errors.AsType[resp.ErrConnUsable](err); err != nil && !goesOn {
			return err
		}
		first = cmp.Or(first, err)
	}
	return first
}

func elements(prefix resp3.Prefix, br resp.BufferedReader, o *resp.Opts) (n int, err error) {
	switch prefix {
	case resp3.MapHeaderPrefix:
		var h resp3.MapHeader
		err = h.UnmarshalRESP(br, o)
		n = 2 * h.NumPairs
	case resp3.SetHeaderPrefix:
		var h resp3.SetHeader
		err = h.UnmarshalRESP(br, o)
		n = h.NumElems
	case resp3.PushHeaderPrefix:
		var h resp3.PushHeader
		err = h.UnmarshalRESP(br, o)
		n = h.NumElems
	default:
		var h resp3.ArrayHeader
		err = h.UnmarshalRESP(br, o)
		n = h.NumElems
	}
	return n, err
}
