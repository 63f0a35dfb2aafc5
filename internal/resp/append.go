package resp

import (
	"math"
	"strconv"
)

// AppendCommand appends a command as clients send it: an array of bulks.
func AppendCommand(dst []byte, args ...string) []byte {
	dst = AppendArray(dst, len(args))
	for _, arg := range args {
		dst = AppendBulkString(dst, arg)
	}
	return dst
}

// AppendArray appends the header of an array of n elements.
func AppendArray(dst []byte, n int) []byte { return appendHeader(dst, Array, n) }

// AppendBulk appends a bulk string.
func AppendBulk(dst, body []byte) []byte {
	dst = appendHeader(dst, Bulk, len(body))
	dst = append(dst, body...)
	return append(dst, '\r', '\n')
}

// AppendBulkString appends a bulk string.
func AppendBulkString(dst []byte, body string) []byte {
	dst = appendHeader(dst, Bulk, len(body))
	dst = append(dst, body...)
	return append(dst, '\r', '\n')
}

// AppendSimple appends a simple string. A line break in it becomes a space.
func AppendSimple(dst []byte, text string) []byte { return appendLine(dst, Simple, text) }

// AppendError appends an error; text begins with its code ("ERR ..."). A line
// break in it becomes a space.
func AppendError(dst []byte, text string) []byte { return appendLine(dst, Error, text) }

// AppendInt appends an integer.
func AppendInt(dst []byte, n int64) []byte {
	dst = append(dst, byte(Integer))
	dst = strconv.AppendInt(dst, n, 10)
	return append(dst, '\r', '\n')
}

// AppendNull appends the null of protocol 2 (a bulk of length -1) or 3.
func AppendNull(dst []byte, proto int) []byte {
	if proto < 3 {
		return append(dst, "$-1\r\n"...)
	}
	return append(dst, "_\r\n"...)
}

// AppendMap appends the header of a map; in RESP2 it is an array of keys and
// values.
func AppendMap(dst []byte, proto, pairs int) []byte {
	if proto < 3 {
		return AppendArray(dst, 2*pairs)
	}
	return appendHeader(dst, Map, pairs)
}

// AppendSet appends the header of a set of n elements; an array in RESP2.
func AppendSet(dst []byte, proto, n int) []byte {
	if proto < 3 {
		return AppendArray(dst, n)
	}
	return appendHeader(dst, Set, n)
}

// AppendBool appends a boolean; 1 or 0 in RESP2.
func AppendBool(dst []byte, proto int, b bool) []byte {
	switch {
	case proto < 3 && b:
		return append(dst, ":1\r\n"...)
	case proto < 3:
		return append(dst, ":0\r\n"...)
	case b:
		return append(dst, "#t\r\n"...)
	default:
		return append(dst, "#f\r\n"...)
	}
}

// AppendDouble appends a number, in the shortest form that reads back as the
// same; a bulk string in RESP2.
func AppendDouble(dst []byte, proto int, f float64) []byte {
	var room [32]byte
	text := appendFloat(room[:0], f)
	if proto < 3 {
		return AppendBulk(dst, text)
	}
	dst = append(dst, byte(Double))
	dst = append(dst, text...)
	return append(dst, '\r', '\n')
}

func appendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "nan"...)
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	default:
		return strconv.AppendFloat(dst, f, 'g', -1, 64)
	}
}

// AppendVerbatim appends text of a format of three letters ("txt", "mkd"); a
// bulk string without the format in RESP2.
func AppendVerbatim(dst []byte, proto int, format, text string) []byte {
	if proto < 3 {
		return AppendBulkString(dst, text)
	}
	dst = appendHeader(dst, Verbatim, len(format)+1+len(text))
	dst = append(dst, format...)
	dst = append(dst, ':')
	dst = append(dst, text...)
	return append(dst, '\r', '\n')
}

func appendHeader(dst []byte, kind Kind, n int) []byte {
	dst = append(dst, byte(kind))
	if uint(n) < 10 {
		dst = append(dst, byte('0'+n))
	} else {
		dst = strconv.AppendInt(dst, int64(n), 10)
	}
	return append(dst, '\r', '\n')
}

func appendLine(dst []byte, kind Kind, text string) []byte {
	dst = append(dst, byte(kind))
	for i := range len(text) {
		c := text[i]
		if c == '\r' || c == '\n' {
			c = ' '
		}
		dst = append(dst, c)
	}
	return append(dst, '\r', '\n')
}
