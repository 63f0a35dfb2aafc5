package resp

import (
	"bytes"
	"fmt"
	"strconv"
)

// ReadScalar reads one reply that is not an aggregate. Kind is Null for every
// form of null and Error for both forms of error; body is the text without
// type, length and line end, valid until the next read. It allocates nothing
// once the buffer has grown to the largest reply. An error from the server is
// not an error here. An aggregate is a *ProtocolError: ReadValue reads those.
func (r *Reader) ReadScalar() (Kind, []byte, error) {
	kind, body, _, err := r.ReadPart()
	if err == nil && kind.aggregate() {
		return 0, nil, protocolError(fmt.Sprintf("unexpected %q where a scalar was expected", byte(kind)))
	}
	return kind, body, err
}

// ReadPart is ReadScalar for replies of any kind, one part after the other. Of
// an aggregate it reads the header alone: n parts follow it, of a Map and an
// Attribute 2n, and behind those of an Attribute comes what it belongs to.
func (r *Reader) ReadPart() (kind Kind, body []byte, n int, err error) {
	if err := r.begin(); err != nil {
		return 0, nil, 0, err
	}
	kind, body, n, err = r.readReply()
	switch {
	case err != nil:
		return 0, nil, 0, err
	case kind == Null || n < 0:
		return Null, nil, 0, nil
	case kind == BulkError:
		kind = Error
	}
	return kind, body, n, nil
}

func (k Kind) aggregate() bool {
	switch k {
	case Array, Map, Set, Push, Attribute:
		return true
	}
	return false
}

// readReply reads a scalar, or the header of an aggregate: then n is its
// length. A null of RESP2 has n = -1.
func (r *Reader) readReply() (kind Kind, body []byte, n int, err error) {
	if err := r.need(1); err != nil {
		return 0, nil, 0, err
	}
	switch kind = Kind(r.buf[r.start]); kind {
	case Bulk, BulkError, Verbatim:
		body, n, err = r.readBulk(kind)
	case Array, Map, Set, Push, Attribute:
		n, err = r.readLength(kind)
	case Simple, Error, Integer, Null, Boolean, Double, BigNumber:
		body, err = r.readLine()
	default:
		err = protocolError(fmt.Sprintf("unknown reply type %q", byte(kind)))
	}
	return kind, body, n, err
}

// readLine consumes a line and returns it without its type and end.
func (r *Reader) readLine() ([]byte, error) {
	width, err := r.findNewline("too long line in a reply")
	if err != nil {
		return nil, err
	}
	line := r.buf[r.start : r.start+width]
	r.start += width + len("\n")
	body, ok := bytes.CutSuffix(line, []byte("\r"))
	if !ok || len(body) == 0 || bytes.IndexByte(body, '\r') >= 0 {
		return nil, protocolError("stray line end in a reply")
	}
	return body[1:], nil
}

func (r *Reader) readBulk(kind Kind) (body []byte, n int, err error) {
	n, err = r.readLength(kind)
	if err != nil || n < 0 {
		return nil, n, err
	}
	if n > MaxBulk {
		return nil, 0, protocolError("invalid bulk length")
	}
	if err := r.need(n + len("\r\n")); err != nil {
		return nil, 0, err
	}
	body, ending := r.buf[r.start:r.start+n:r.start+n], r.buf[r.start+n:]
	if ending[0] != '\r' || ending[1] != '\n' {
		return nil, 0, protocolError("bulk does not end where its length says")
	}
	r.start += n + len("\r\n")
	return body, n, nil
}

// readLength consumes a header. Only bulks and arrays may be -1.
func (r *Reader) readLength(kind Kind) (int, error) {
	b := r.unread()
	if n, width := shortHeader(b); width > 0 && width <= len(b) && b[width-1] == '\n' {
		r.start += width
		return n, nil
	}
	line, err := r.readLine()
	if err != nil {
		return 0, err
	}
	n, ok := parseLength(line)
	if !ok || n < -1 || n == -1 && kind != Bulk && kind != Array {
		return 0, protocolError("invalid length " + strconv.Quote(string(line)))
	}
	return n, nil
}
