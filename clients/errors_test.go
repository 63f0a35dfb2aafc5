package clients

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
)

// The texts are what servers and libraries say. rueidis takes "ERR " away.
func TestClassify(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	cases := []struct {
		want Class
		errs []error
	}{
		{Refused, []error{
			refused,
			errors.New("dial tcp 127.0.0.1:1: connect: connection refused"),
			errors.New("ERR max number of clients reached"),
			errors.New("max number of clients reached"),
			fmt.Errorf("redis: all sentinels specified in configuration are unreachable: %w", errors.Join(refused, refused)),
		}},
		{Reset, []error{
			syscall.ECONNRESET,
			syscall.EPIPE,
			io.EOF,
			io.ErrUnexpectedEOF,
			net.ErrClosed,
			errors.New("write: broken pipe"),
			errors.New("redis: client is closed"),
			errors.New("rueidis client is closing or unable to connect redis"),
			errors.New("redigo: closed"),
			errors.New("redigo: connection closed"),
			errors.New("redigo: get on closed pool"),
		}},
		{Timeout, []error{
			os.ErrDeadlineExceeded,
			context.DeadlineExceeded,
			&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded},
			&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ETIMEDOUT)},
			errors.New("read tcp 127.0.0.1:2->127.0.0.1:1: i/o timeout"),
			errors.New("context deadline exceeded"),
			errors.New("redis: connection pool timeout"),
			errors.New("redis: timed out trying to mark connection as unusable"),
			fmt.Errorf("redis: all sentinels specified in configuration are unreachable: %w",
				errors.Join(context.DeadlineExceeded, os.ErrDeadlineExceeded)),
		}},
		{Moved, []error{
			errors.New("MOVED 3999 127.0.0.1:6381"),
			errors.New("ASK 3999 127.0.0.1:6381"),
			errors.New("CLUSTERDOWN Hash slot not served"),
			errors.New("CLUSTERDOWN The cluster is down"),
			errors.New("TRYAGAIN Multiple keys request during rehashing of slot"),
			errors.New("redis: cluster has no nodes"),
			errors.New("the slot has no redis node"),
			errors.New("the slot has no valkey node"),
		}},
		{ReadOnly, []error{
			errors.New("READONLY You can't write against a read only replica."),
			errors.New("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."),
			errors.New("NOREPLICAS Not enough good replicas to write."),
			errors.New("UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)"),
			errors.New("the redis role is not master"),
		}},
		{Loading, []error{errors.New("LOADING Redis is loading the dataset in memory")}},
		{OOM, []error{errors.New("OOM command not allowed when used memory > 'maxmemory'.")}},
		{Auth, []error{
			errors.New("NOAUTH Authentication required."),
			errors.New("NOAUTH HELLO must be called with the client already authenticated"),
			errors.New("WRONGPASS invalid username-password pair or user is disabled."),
			errors.New("ERR invalid password"),
			errors.New("ERR AUTH <password> called without any password configured for the default user."),
			fmt.Errorf("redis: all sentinels specified in configuration are unreachable: %w",
				errors.Join(errors.New("NOAUTH Authentication required."))),
		}},
		{Permission, []error{
			errors.New("NOPERM this user has no permissions to run the 'set' command"),
			errors.New("DENIED Redis is running in protected mode"),
		}},
		{Mismatched, []error{&Mismatch{Key: "k"}}},
		{Other, []error{
			errors.New("WRONGTYPE Operation against a key"),
			errors.New("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk."),
			errors.New("OOMPH is not a code"),
			errors.New("ERR OOM is not the code here"),
			errors.New("tls: first record does not look like a TLS handshake"),
			&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}},
			&net.OpError{Op: "remote error", Err: tls.AlertError(116)}, // a certificate is required
			errors.New("No such master with that name"),
			errors.New("redis: all sentinels specified in configuration are unreachable: redis: nil"),
		}},
	}
	for _, c := range cases {
		for _, err := range c.errs {
			if got := Classify(err); got != c.want {
				t.Errorf("%v is %v, want %v", err, got, c.want)
			}
			wrapped := fmt.Errorf("open: %w", fmt.Errorf("session 3: %w", err))
			if got := Classify(wrapped); got != c.want {
				t.Errorf("wrapped, %v is %v, want %v", err, got, c.want)
			}
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
