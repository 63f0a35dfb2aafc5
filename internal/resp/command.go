package resp

import (
	"bytes"
	"strconv"
)

// keepArgs is how many arguments' room a Reader keeps between commands.
const keepArgs = 4096

// ReadCommand reads one request: an array of bulks, or a line as a person
// types it, with quotes. It skips empty requests, so a command has at least
// one argument. The arguments are valid until the next call, and the caller
// may write to them. At the end of the stream the error is io.EOF; a peer that
// breaks the protocol gets a *ProtocolError with Redis's own text.
//
// It is as lenient as Redis: the two bytes behind a header or a bulk are
// skipped, whatever they are.
func (r *Reader) ReadCommand() ([][]byte, error) {
	for {
		if err := r.begin(); err != nil {
			return nil, err
		}
		read := r.readInline
		if r.buf[r.start] == byte(Array) {
			read = r.readArray
		}
		if err := read(); err != nil {
			return nil, err
		}
		if len(r.args) > 0 {
			return r.args, nil
		}
	}
}

func (r *Reader) readArray() error {
	count, at, err := r.requestHeader(0, "too big mbulk count string", "invalid multibulk length")
	if err != nil {
		return err
	}
	if count > MaxArgs {
		return protocolError("invalid multibulk length")
	}
	if count > unauthenticatedArgs && r.Unauthenticated {
		return protocolError("unauthenticated multibulk length")
	}
	r.forgetArgs()
	for range count {
		if at, err = r.readArgument(at); err != nil {
			return err
		}
	}
	r.takeArgs(at)
	return nil
}

// readArgument finds the bulk that begins at offset at of the unread bytes and
// returns the offset behind it.
func (r *Reader) readArgument(at int) (next int, err error) {
	if err := r.need(at + 1); err != nil {
		return 0, err
	}
	size, begin, err := r.requestHeader(at, "too big bulk count string", "invalid bulk length")
	if err != nil {
		return 0, err
	}
	if size < 0 || size > MaxBulk {
		return 0, protocolError("invalid bulk length")
	}
	if size > unauthenticatedBulk && r.Unauthenticated {
		return 0, protocolError("unauthenticated bulk length")
	}
	next = begin + size + len("\r\n")
	if err := r.need(next); err != nil {
		return 0, err
	}
	r.spans = append(r.spans, span{begin, begin + size})
	return next, nil
}

// requestHeader reads a type byte and a number that end in \r and any byte. It
// begins at offset at, where one byte is already there, and returns the number
// and the offset behind. The type is checked when the line is complete, in the
// order in which Redis complains.
func (r *Reader) requestHeader(at int, tooLong, invalid string) (n, next int, err error) {
	if n, width := shortHeader(r.unread()[at:]); width > 0 && (at == 0 || r.buf[r.start+at] == byte(Bulk)) {
		return n, at + width, nil
	}
	width, err := r.findReturn(at, tooLong)
	if err != nil {
		return 0, 0, err
	}
	line := r.unread()[at : at+width+1] // with the \r, which can be all of it
	if at > 0 && line[0] != byte(Bulk) {
		return 0, 0, protocolError("expected '$', got '" + string(line[:1]) + "'")
	}
	n, ok := parseLength(line[1:width])
	if !ok {
		return 0, 0, protocolError(invalid)
	}
	return n, at + width + len("\r\n"), nil
}

// shortHeader reads a header of at most nine digits that is there in full and
// begins with neither sign nor zero: nearly every one. Its width includes the
// line end; 0 means that the general way must look.
func shortHeader(b []byte) (n, width int) {
	if len(b) < 4 || b[1] == '0' {
		return 0, 0
	}
	for i := 1; i < len(b)-1 && i <= 10; i++ {
		digit := b[i] - '0'
		if digit > 9 {
			if b[i] == '\r' && i > 1 {
				return n, i + 2
			}
			return 0, 0
		}
		n = 10*n + int(digit)
	}
	return 0, 0
}

// findReturn is the distance from offset at to the next \r, once the byte
// behind that is there too.
func (r *Reader) findReturn(at int, tooLong string) (int, error) {
	searched := at
	for {
		if i := bytes.IndexByte(r.unread()[searched:], '\r'); i >= 0 {
			found := searched + i
			return found - at, r.need(found + len("\r\n"))
		}
		searched = r.Buffered()
		if searched-at > MaxLine {
			return 0, protocolError(tooLong)
		}
		if err := r.more(); err != nil {
			return 0, err
		}
	}
}

// parseLength reads a decimal number the strict way of Redis: no plus sign, no
// leading zeros, no blanks.
func parseLength(digits []byte) (int, bool) {
	const longest = len("-9223372036854775808")
	if len(digits) == 0 || len(digits) > longest {
		return 0, false
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return 0, false
	}
	var room [longest]byte
	return int(n), bytes.Equal(strconv.AppendInt(room[:0], n, 10), digits)
}

func (r *Reader) forgetArgs() {
	r.spans, r.args = r.spans[:0], r.args[:0]
	if cap(r.args) > keepArgs {
		r.spans, r.args = nil, nil
	}
}

// takeArgs turns the spans into arguments and consumes the command, which is
// size bytes long.
func (r *Reader) takeArgs(size int) {
	command := r.buf[r.start : r.start+size]
	for _, s := range r.spans {
		r.args = append(r.args, command[s.start:s.end:s.end])
	}
	r.start += size
}
