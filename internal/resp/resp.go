// Package resp is the wire format of Redis and its kin, RESP2 and RESP3, for
// both ends of a connection: appending requests and replies to a buffer,
// reading commands as a server and reading replies as a client.
//
// Encoding is append-style and allocates nothing beyond the growth of the
// caller's buffer. A Reader reads either commands or replies; what it returns
// as bytes lies in its own buffer and is valid until its next read.
package resp

// A Kind is the first byte of a reply: its type.
type Kind byte

// The kinds of both protocols. RESP2 has the first four and Array; there Null
// is a bulk or an array of length -1.
const (
	Simple    Kind = '+'
	Error     Kind = '-'
	Integer   Kind = ':'
	Bulk      Kind = '$'
	Array     Kind = '*'
	Null      Kind = '_'
	Boolean   Kind = '#'
	Double    Kind = ','
	BigNumber Kind = '('
	BulkError Kind = '!'
	Verbatim  Kind = '='
	Map       Kind = '%'
	Set       Kind = '~'
	Push      Kind = '>'
	Attribute Kind = '|'
)

// Limits of a request and of one reply; those of a request are Redis's.
const (
	MaxArgs   = 1 << 20   // arguments of one command
	MaxBulk   = 512 << 20 // bytes of one bulk string
	MaxLine   = 64 << 10  // bytes of a header, an inline command or a simple string
	MaxNested = 128       // levels of aggregates within one reply
)

// What a client that has not authenticated may send at most.
const (
	unauthenticatedArgs = 10
	unauthenticatedBulk = 16 << 10
)

// A ProtocolError says that the peer does not speak RESP, or breaks its
// limits. The stream cannot be read on after it. Its text is Redis's own, so
// that a server can send it as "ERR " and the text.
type ProtocolError struct {
	Text string // after "Protocol error: "
}

func (e *ProtocolError) Error() string { return "Protocol error: " + e.Text }

func protocolError(text string) error { return &ProtocolError{Text: text} }
