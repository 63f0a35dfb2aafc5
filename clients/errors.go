package clients

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

// A Class is what sort of failure an error is.
type Class uint8

// The classes, in the order in which they are reported.
const (
	Refused Class = iota
	Reset
	Timeout
	Moved
	ReadOnly
	Loading
	OOM
	Auth
	Permission
	Mismatched
	Other
	Classes // how many there are
)

var classNames = [Classes]string{
	"refused", "reset", "timeout", "moved", "readonly", "loading", "oom",
	"auth", "permission", "mismatch", "other",
}

func (c Class) String() string { return classNames[c] }

// Classify tells the class of an error from any library. Server errors are
// known by the code that Redis puts first, however often they were wrapped;
// network errors by their type, or by their text where a library has
// flattened them.
func Classify(err error) Class {
	if _, ok := errors.AsType[*Mismatch](err); ok {
		return Mismatched
	}
	if class, ok := classifyNetwork(err); ok {
		return class
	}
	for ; err != nil; err = errors.Unwrap(err) {
		if class := classifyText(err.Error()); class != Other {
			return class
		}
	}
	return Other
}

func classifyNetwork(err error) (Class, bool) {
	if nerr, ok := errors.AsType[net.Error](err); ok && nerr.Timeout() {
		return Timeout, true
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return Timeout, true
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused, true
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return Reset, true
	}
	return Other, false
}

var codes = []struct {
	code  string
	class Class
}{
	{"MOVED", Moved}, {"ASK", Moved}, {"CLUSTERDOWN", Moved}, {"TRYAGAIN", Moved},
	{"READONLY", ReadOnly}, {"MASTERDOWN", ReadOnly}, {"NOREPLICAS", ReadOnly}, {"UNBLOCKED", ReadOnly},
	{"LOADING", Loading}, {"OOM", OOM},
	{"NOAUTH", Auth}, {"WRONGPASS", Auth}, {"NOPERM", Permission}, {"DENIED", Permission},
}

// phrases are looked for after the codes, in this order. Some are a library's
// own, for what it has found out before it sent anything.
var phrases = []struct {
	phrase string
	class  Class
}{
	{"connection refused", Refused}, {"max number of clients reached", Refused},
	{"i/o timeout", Timeout}, {"deadline exceeded", Timeout}, {"pool timeout", Timeout}, {"timed out", Timeout},
	{"connection reset", Reset}, {"broken pipe", Reset}, {"use of closed", Reset}, {"EOF", Reset},
	{"client is clos", Reset}, {"connection closed", Reset}, {"redigo: closed", Reset}, {"closed pool", Reset},
	{"cluster has no nodes", Moved}, {"slot has no redis node", Moved}, {"slot has no valkey node", Moved},
	{"role is not master", ReadOnly},
	{"invalid password", Auth}, {"invalid username-password", Auth}, {"without any password configured", Auth},
}

func classifyText(text string) Class {
	for _, c := range codes {
		if rest, ok := strings.CutPrefix(text, c.code); ok && (rest == "" || rest[0] == ' ') {
			return c.class
		}
	}
	for _, p := range phrases {
		if strings.Contains(text, p.phrase) {
			return p.class
		}
	}
	return Other
}
