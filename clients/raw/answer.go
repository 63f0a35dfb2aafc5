package raw

import (
	"cmp"
	"errors"
	"strconv"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/resp"
)

// readAnswer reads one reply. An error reply, also one within a list, is
// returned when all of it is read.
func (s *session) readAnswer(into *clients.Answer) error {
	kind, body, n, err := s.reader.ReadPart()
	if err != nil {
		return err
	}
	if kind == resp.Bulk { // it is all of the reply and can stay where it is
		into.SetBytes(body)
		return nil
	}
	return s.take(into, kind, body, n, resp.MaxNested)
}

// readPart is readAnswer for a part of a reply: text is moved out of the way of
// the parts behind it.
func (s *session) readPart(into *clients.Answer, levels int) error {
	kind, body, n, err := s.reader.ReadPart()
	if err != nil {
		return err
	}
	return s.take(into, kind, body, n, levels)
}

func (s *session) take(into *clients.Answer, kind resp.Kind, body []byte, n, levels int) error {
	into.Reset()
	switch kind {
	case resp.Null:
		into.SetNull()
	case resp.Error:
		return ServerError(body)
	case resp.Integer:
		number, err := strconv.ParseInt(string(body), 10, 64)
		into.SetInt(number)
		return err
	case resp.Boolean:
		into.SetBool(string(body) == "t")
	case resp.Simple, resp.Bulk, resp.Double, resp.BigNumber:
		into.SetBytes(s.keep(body))
	case resp.Verbatim:
		return s.takeVerbatim(into, body)
	case resp.Array, resp.Set:
		return s.takeList(into, n, levels)
	case resp.Map:
		return s.takeList(into, 2*n, levels)
	case resp.Attribute:
		if err := s.takeList(into, 2*n, levels); err != nil {
			return err
		}
		return s.readPart(into, levels-1)
	default:
		return unexpected(byte(kind), "a command")
	}
	return nil
}

// takeVerbatim leaves out the format, three letters and a colon.
func (s *session) takeVerbatim(into *clients.Answer, body []byte) error {
	const format = len("txt:")
	if len(body) < format {
		return errors.New("verbatim string without a format")
	}
	into.SetBytes(s.keep(body[format:]))
	return nil
}

func (s *session) takeList(into *clients.Answer, n, levels int) error {
	if levels == 0 {
		return errors.New("too many nested replies")
	}
	into.SetList()
	var first error
	for range n {
		err := s.readPart(into.Grow(), levels-1)
		if err != nil && !isServerError(err) {
			return err
		}
		first = cmp.Or(first, err)
	}
	return first
}
