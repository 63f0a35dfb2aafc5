package resp

import "bytes"

// readInline reads a command typed as one line. A line may end in \n alone.
func (r *Reader) readInline() error {
	r.forgetArgs()
	width, err := r.findNewline("too big inline request")
	if err != nil {
		return err
	}
	line := r.buf[r.start : r.start+width]
	r.start += width + len("\n")
	line = bytes.TrimSuffix(line, []byte("\r"))
	// A NUL ends the line for Redis, whose splitter works on C strings.
	line, _, _ = bytes.Cut(line, []byte{0})
	return r.splitLine(line)
}

// findNewline is the distance to the next \n.
func (r *Reader) findNewline(tooLong string) (int, error) {
	searched := 0
	for {
		if i := bytes.IndexByte(r.unread()[searched:], '\n'); i >= 0 {
			return searched + i, nil
		}
		searched = r.Buffered()
		if searched > MaxLine {
			return 0, protocolError(tooLong)
		}
		if err := r.more(); err != nil {
			return 0, err
		}
	}
}

// splitLine cuts line into arguments in place: an argument is never longer
// than what it was typed as, so it is written over that.
func (r *Reader) splitLine(line []byte) error {
	for {
		line = bytes.TrimLeft(line, " \t\v\f\r\n")
		if len(line) == 0 {
			return nil
		}
		arg, rest, ok := unquote(line)
		if !ok {
			return protocolError("unbalanced quotes in request")
		}
		r.args = append(r.args, arg)
		line = rest
	}
}

// unquote takes one argument from the front of line and writes it, without
// its quotes and escapes, to where it was.
func unquote(line []byte) (arg, rest []byte, ok bool) {
	arg = line[:0]
	for i := 0; i < len(line); {
		c := line[i]
		switch {
		case isBlank(c):
			return arg[:len(arg):len(arg)], line[i:], true
		case c != '"' && c != '\'':
			arg = append(arg, c)
			i++
			continue
		}
		var width int
		if arg, width, ok = appendQuoted(arg, line[i:]); !ok {
			return nil, nil, false
		}
		if i += width; i < len(line) && !isBlank(line[i]) {
			return nil, nil, false // something follows the closing quote
		}
	}
	return arg[:len(arg):len(arg)], nil, true
}

// appendQuoted appends what stands in the quotes that text begins with, and
// returns how wide it was, quotes included. It may write over text, behind
// what it has read.
func appendQuoted(dst, text []byte) (grown []byte, width int, ok bool) {
	quote := text[0]
	for i := 1; i < len(text); {
		if text[i] == quote {
			return dst, i + 1, true
		}
		c, n := text[i], 1
		if c == '\\' {
			c, n = unescape(text[i:], quote)
		}
		dst = append(dst, c)
		i += n
	}
	return nil, 0, false
}

// unescape reads one escape. Within single quotes only the quote itself can be
// escaped.
func unescape(text []byte, quote byte) (c byte, width int) {
	switch {
	case len(text) < 2:
		return '\\', 1
	case quote == '\'':
		if text[1] == '\'' {
			return '\'', 2
		}
		return '\\', 1
	case text[1] == 'x' && len(text) >= 4 && isHex(text[2]) && isHex(text[3]):
		return hexDigit(text[2])<<4 | hexDigit(text[3]), 4
	}
	if i := bytes.IndexByte([]byte("nrtba"), text[1]); i >= 0 {
		return "\n\r\t\b\a"[i], 2
	}
	return text[1], 2
}

func isBlank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

func hexDigit(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
