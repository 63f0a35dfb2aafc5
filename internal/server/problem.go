package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
)

// A Problem is why a server cannot be measured, in one sentence, with what to
// do. It never holds a password. Error names the server's address, for the
// terminal; At names it as the caller likes, for results.
type Problem struct {
	Code    string // stable: "no-listener", "not-resp", "noauth", ...
	Address string
	Advice  string // may be empty

	before, after string // of the place in the sentence
}

func (p *Problem) Error() string {
	text := p.At(p.Address)
	if p.Advice != "" {
		text += ": " + p.Advice
	}
	return text
}

// At is what happened, with place for the server's address, without advice.
func (p *Problem) At(place string) string { return p.before + place + p.after }

// theServer begins the sentences about a server that was reached.
const theServer = "the server at "

// dialProblem explains why no connection came about.
func dialProblem(err error, address string) *Problem {
	if p := tlsProblem(err, address); p != nil {
		return p
	}
	p := &Problem{Code: "no-listener", Address: address, before: "nothing listens at "}
	p.Advice = "start a server there or name another; with none named, one is started"
	errno, isErrno := errors.AsType[syscall.Errno](err)
	_, isDNS := errors.AsType[*net.DNSError](err)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, os.ErrNotExist):
	case isTimeout(err):
		p.Code, p.before, p.after, p.Advice = "no-connection", "no connection to ", " came about in time", "check the address and firewalls"
	case isDNS:
		p.Code, p.before, p.after, p.Advice = "no-host", "the host name of ", " is not known", "check it"
	case isErrno:
		p.Code, p.before, p.after, p.Advice = "unreachable", "cannot connect to ", " ("+errno.Error()+")", ""
	default:
		p.Code, p.before, p.Advice = "unreachable", "cannot connect to ", ""
	}
	return p
}

// talkProblem explains why an exchange with a server that was reached broke
// off.
func talkProblem(err error, address string) *Problem {
	if p := tlsProblem(err, address); p != nil {
		return p
	}
	p := &Problem{Code: "not-resp", Address: address, before: "what listens at ", after: " does not speak RESP"}
	p.Advice = "check host and port"
	switch {
	case isTimeout(err):
		p.Code, p.after, p.Advice = "timeout", " does not answer in time", "is it a Redis or Valkey server, and not overloaded?"
	case isLost(err):
		p.Code, p.after, p.Advice = "closed", " closes the connection without an answer", "is it a Redis or Valkey server?"
	}
	return p
}

// lostProblem is talkProblem for a server that has answered before.
func lostProblem(err error, address string) *Problem {
	if p := tlsProblem(err, address); p != nil {
		return p
	}
	p := &Problem{Code: "lost", Address: address, before: "the connection to ", after: " broke"}
	if isTimeout(err) {
		p.Code, p.before, p.after = "timeout", theServer, " does not answer in time"
	}
	return p
}

func isTimeout(err error) bool {
	nerr, ok := errors.AsType[net.Error](err)
	return ok && nerr.Timeout() || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}

func isLost(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// replies are what servers answer where they could be asked but not measured.
// Our words stand for theirs, which may hold user names and addresses.
var replies = []struct{ prefix, code, after, advice string }{
	{"NOAUTH", "noauth", " asks for a password", "give it with --password-file or REDISCLI_AUTH"},
	{"WRONGPASS", "wrongpass", " refuses this user and password", "check both; the password comes with --password-file or REDISCLI_AUTH"},
	{"ERR invalid password", "wrongpass", " refuses this password", "check --password-file or REDISCLI_AUTH"},
	{"ERR AUTH <password> called without any password", "no-password-set", " has no password set, but one was given", "leave it out"},
	{"ERR Client sent AUTH, but no password is set", "no-password-set", " has no password set, but one was given", "leave it out"},
	{"READONLY", "readonly", " is a read-only replica", "name its master"},
	{"LOADING", "loading", " is still loading its data", "try again when it has"},
	{"DENIED", "protected", " is in protected mode and refuses clients of other hosts", "set a password on it, or run on its host"},
	{"MISCONF", "misconf", " refuses writes, because it could not save to disk", "see its log"},
	{"NOREPLICAS", "noreplicas", " refuses writes, because too few replicas are connected", "see its min-replicas-to-write"},
	{"MASTERDOWN", "masterdown", " is a replica that has lost its master", "name the master"},
	{"OOM", "oom", " has no memory left (maxmemory)", "free some or raise maxmemory"},
	{"MOVED", "cluster", " is a node of a cluster", "name it as redis+cluster://ADDRESS"},
	{"CLUSTERDOWN", "cluster-down", " is a node of a cluster that is down", "see CLUSTER INFO and CLUSTER NODES there"},
	{"ERR max number of clients", "maxclients", " has as many clients as it allows", "raise maxclients or disconnect some"},
	{"ERR DB index", "db", " does not have this database", "choose another"},
	{"ERR invalid DB index", "db", " does not have this database", "choose another"},
	{"ERR SELECT is not allowed", "db", " has database 0 only", "choose it"},
}

// replyProblem explains the error that the server answered to a command.
func replyProblem(text, command, address string) *Problem {
	p := &Problem{Code: "refused", Address: address, before: theServer}
	for _, r := range replies {
		if strings.HasPrefix(text, r.prefix) {
			p.Code, p.after, p.Advice = r.code, r.after, strings.ReplaceAll(r.advice, "ADDRESS", address)
			return p
		}
	}
	switch {
	case strings.HasPrefix(text, "NOPERM"):
		p.Code, p.after = "noperm", " does not let this user run "+command
		p.Advice = grantAdvice(command)
	case isUnknownCommand(text):
		p.Code, p.after = "unknown-command", " does not know the command "+command
	default:
		code, _, _ := strings.Cut(text, " ")
		p.after = fmt.Sprintf(" refuses %s (%s)", command, code)
	}
	return p
}

// grantAdvice is about what a user may not do.
func grantAdvice(command string) string {
	switch command {
	case "SET", "GET", "UNLINK", "DEL":
		return "grant SET, GET and UNLINK (or DEL) on keys respbench:*"
	default:
		return "grant it"
	}
}

// refusalNote says that something optional could not be had.
func refusalNote(text, command string) string {
	return "the server" + replyProblem(text, command, "").after
}

// isUnknownCommand knows a command or subcommand that the server lacks or that
// was renamed.
func isUnknownCommand(text string) bool {
	text = strings.ToLower(text)
	return strings.HasPrefix(text, "err unknown command") || strings.HasPrefix(text, "err unknown subcommand")
}

// isUnreachable tells a server that was never connected to.
func isUnreachable(p *Problem) bool {
	return slices.Contains([]string{"no-listener", "no-host", "unreachable", "no-connection"}, p.Code)
}
