package resp

import "io"

// keepBuffer is the largest buffer that a Reader keeps once it is drained: one
// huge value must not hold its memory for the life of a connection.
const keepBuffer = 4 << 20

// minBuffer is the least that a header and a small value need.
const minBuffer = 512

// A Reader reads commands (ReadCommand) or replies (ReadScalar, ReadValue)
// from a stream. It is used by one goroutine at a time. Its buffer grows as
// bytes arrive, never by what a header merely promises.
type Reader struct {
	// Unauthenticated holds ReadCommand to the small limits that Redis sets
	// for a client that still has to send a password.
	Unauthenticated bool

	src        io.Reader
	buf        []byte
	start, end int // buf[start:end] is read from src and not yet consumed
	size       int // the buffer's initial and usual size

	spans []span   // arguments of the command being read
	args  [][]byte // what ReadCommand returned last
}

// A span is a part of the unread bytes; start and end count from Reader.start,
// so they outlive a move of the buffer.
type span struct{ start, end int }

// NewReader returns a Reader with a buffer of size bytes.
func NewReader(src io.Reader, size int) *Reader {
	size = max(size, minBuffer)
	return &Reader{src: src, buf: make([]byte, size), size: size}
}

// Reset forgets what is buffered and reads from src on, keeping the buffers.
func (r *Reader) Reset(src io.Reader) {
	r.src, r.start, r.end = src, 0, 0
}

// Buffered is how many bytes can be read without waiting for the peer.
func (r *Reader) Buffered() int { return r.end - r.start }

// unread is what has arrived and is not consumed.
func (r *Reader) unread() []byte { return r.buf[r.start:r.end] }

// begin makes sure that the first byte of a message is there. Only here does
// the end of the stream mean io.EOF; within a message it is unexpected.
func (r *Reader) begin() error {
	if r.start < r.end {
		return nil
	}
	if r.start, r.end = 0, 0; len(r.buf) > keepBuffer {
		r.buf = make([]byte, r.size)
	}
	return r.read()
}

// need waits until at least n bytes are unread.
func (r *Reader) need(n int) error {
	for r.end-r.start < n {
		if err := r.more(); err != nil {
			return err
		}
	}
	return nil
}

// more reads at least one byte behind the unread ones and moves or grows the
// buffer for it: every slice of unread is stale afterwards.
func (r *Reader) more() error {
	if r.end == len(r.buf) || r.start > 0 && r.Buffered() < minBuffer {
		r.makeRoom()
	}
	err := r.read()
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// makeRoom moves the unread bytes to the front, of a larger buffer if they
// fill half of this one.
func (r *Reader) makeRoom() {
	to := r.buf
	if r.Buffered() > len(r.buf)/2 {
		to = make([]byte, 2*len(r.buf))
	}
	r.end = copy(to, r.unread())
	r.buf, r.start = to, 0
}

// maxEmptyReads is how often a source may return nothing and no error.
const maxEmptyReads = 100

func (r *Reader) read() error {
	for range maxEmptyReads {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}
