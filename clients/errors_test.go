package clients

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
)

func TestClassify(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	cases := []struct {
		err  error
		want Class
	}{
		{refused, Refused},
		{errors.New("dial tcp 127.0.0.1:1: connect: connection refused"), Refused},
		{syscall.ECONNRESET, Reset},
		{syscall.EPIPE, Reset},
		{io.EOF, Reset},
		{io.ErrUnexpectedEOF, Reset},
		{net.ErrClosed, Reset},
		{errors.New("write: broken pipe"), Reset},
		{os.ErrDeadlineExceeded, Timeout},
		{context.DeadlineExceeded, Timeout},
		{&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, Timeout},
		{errors.New("redis: connection pool timeout"), Timeout},
		{errors.New("MOVED 3999 127.0.0.1:6381"), Moved},
		{errors.New("ASK 3999 127.0.0.1:6381"), Moved},
		{errors.New("CLUSTERDOWN Hash slot not served"), Moved},
		{errors.New("READONLY You can't write against a read only replica."), ReadOnly},
		{errors.New("LOADING Redis is loading the dataset in memory"), Loading},
		{errors.New("OOM command not allowed when used memory > 'maxmemory'."), OOM},
		{errors.New("NOAUTH Authentication required."), Auth},
		{errors.New("WRONGPASS invalid username-password pair or user is disabled."), Auth},
		{errors.New("ERR invalid password"), Auth},
		{errors.New("NOPERM this user has no permissions"), Permission},
		{&Mismatch{Key: "k"}, Mismatched},
		{errors.New("WRONGTYPE Operation against a key"), Other},
		{errors.New("OOMPH is not a code"), Other},
		{errors.New("ERR OOM is not the code here"), Other},
	}
	for _, c := range cases {
		if got := Classify(c.err); got != c.want {
			t.Errorf("%v is %v, want %v", c.err, got, c.want)
		}
		wrapped := fmt.Errorf("open: %w", fmt.Errorf("session 3: %w", c.err))
		if got := Classify(wrapped); got != c.want {
			t.Errorf("wrapped, %v is %v, want %v", c.err, got, c.want)
		}
	}
}

func TestClassNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for class := range Classes {
		name := class.String()
		if name == "" || seen[name] {
			t.Errorf("class %d is named %q", class, name)
		}
		seen[name] = true
	}
}
