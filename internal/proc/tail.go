package proc

import "sync"

// stderrTail is how much of a child's standard error is kept, in bytes.
const stderrTail = 256 << 10

// A tail keeps the last limit bytes that were written to it, in at most twice
// as much memory and one write.
type tail struct {
	limit int

	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if len(t.buf) > 2*t.limit {
		t.buf = t.buf[:copy(t.buf, t.last())]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.last())
}

func (t *tail) last() []byte { return t.buf[max(0, len(t.buf)-t.limit):] }
