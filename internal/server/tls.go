package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"time"

	"respbench.dev/respbench/internal/resp"
	"respbench.dev/respbench/results"
)

// tlsProblem explains what went wrong in or after the handshake of TLS; nil if
// err is about something else.
func tlsProblem(err error, address string) *Problem {
	p := &Problem{Address: address, before: theServer}
	_, inHandshake := errors.AsType[*handshakeError](err)
	_, notTLS := errors.AsType[tls.RecordHeaderError](err)
	alert := alertOf(err)
	switch {
	case certificateProblem(p, err):
	case alert != "":
		alertProblem(p, alert)
	case notTLS:
		notTLSProblem(p)
	case inHandshake && (isTimeout(err) || isLost(err)):
		p.Code, p.after, p.Advice = "tls-handshake", " does not answer as a TLS port does", "is it one? Without TLS: leave --tls out, or name it as redis://"
	case inHandshake:
		p.Code, p.before, p.after, p.Advice = "tls", "no TLS with ", "", err.Error()
	default:
		return nil
	}
	return p
}

// certificateProblem is about the server's certificate.
func certificateProblem(p *Problem, err error) bool {
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](err)
	host, isHost := errors.AsType[x509.HostnameError](err)
	_, isUnknown := errors.AsType[x509.UnknownAuthorityError](err)
	switch {
	case isInvalid && invalid.Reason == x509.Expired:
		p.Code, p.after = "tls-expired", " shows a certificate that has expired or is not valid yet"
		p.Advice = "renew it, and look at this machine's clock; --insecure does without verifying"
	case isHost:
		p.Code, p.after = "tls-host", " shows a certificate that is for another host"
		p.Advice = "--sni NAME says which to ask for and to expect" + certificateNames(host.Certificate) + "; --insecure does without verifying"
	case isUnknown:
		p.Code, p.after = "tls-unknown-ca", " shows a certificate of a CA that is not known here"
		p.Advice = "--cacert FILE names that CA; --insecure does without verifying"
	default:
		_, failed := errors.AsType[*tls.CertificateVerificationError](err)
		p.Code, p.after, p.Advice = "tls-certificate", " shows a certificate that cannot be verified", "--insecure does without verifying"
		return failed
	}
	return true
}

func certificateNames(c *x509.Certificate) string {
	if c == nil || len(c.DNSNames) == 0 {
		return ""
	}
	return " (it is for " + strings.Join(c.DNSNames, ", ") + ")"
}

// alertOf is what the other side said when it gave up; empty if it did not.
func alertOf(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		return strings.TrimPrefix(op.Err.Error(), "tls: ")
	}
	return ""
}

// alertProblem is about what the server wants from us. Where a certificate is
// wanted and there is none, a server says so, in TLS 1.3, or only that the
// handshake failed.
func alertProblem(p *Problem, alert string) {
	switch alert {
	case "certificate required", "handshake failure":
		p.Code, p.after, p.Advice = "tls-client-certificate", " wants a certificate from its clients", "give one with --cert and --key"
	case "bad certificate", "unknown certificate authority", "unsupported certificate", "revoked certificate", "expired certificate", "unknown certificate", "error decrypting message":
		p.Code, p.after, p.Advice = "tls-client-certificate", " does not accept our certificate ("+alert+")", "check --cert and --key"
	case "protocol version not supported":
		p.Code, p.after, p.Advice = "tls-version", " has no TLS of version 1.2 or later", "older ones are not safe: enable a newer one there"
	default:
		p.Code, p.after, p.Advice = "tls", " ended the TLS handshake ("+alert+")", "see its log"
	}
}

func notTLSProblem(p *Problem) {
	p.Code, p.after, p.Advice = "not-tls", " does not speak TLS on this port", "leave --tls out, name it as redis://, or name its TLS port"
}

// suspicion bounds each step of suspectTLS.
const suspicion = time.Second

// suspectTLS looks at what a first exchange that failed as p says has to do
// with TLS: whether a server that was spoken to in TLS talks without, and the
// reverse. No credentials are sent.
func (a *Admin) suspectTLS(ctx context.Context, address string, p *Problem) *Problem {
	found := &Problem{Address: address, before: theServer}
	switch {
	case a.access.TLS != nil && p.Code == "tls-handshake" && a.talks(ctx, address):
		notTLSProblem(found)
	case a.access.TLS != nil && p.Code == "closed":
		alert := a.awaitAlert(ctx, address)
		if alert == "" {
			return p
		}
		alertProblem(found, alert)
	case a.access.TLS == nil && (p.Code == "closed" || p.Code == "not-resp" || p.Code == "timeout") && a.talksTLS(ctx, address):
		found.Code, found.after = "tls-port", " speaks TLS on this port"
		found.Advice = "use --tls or rediss://, and --cacert if its CA is one of your own"
	default:
		return p
	}
	return found
}

// awaitAlert is what a server says that gives up after the handshake, as TLS 1.3
// has it of one that wants another certificate. It is lost to a client that
// has begun to talk.
func (a *Admin) awaitAlert(ctx context.Context, address string) string {
	p, err := dialProbe(ctx, a.access, address, a.limits.within(suspicion))
	if err != nil {
		return ""
	}
	defer p.close()
	_, err = p.conn.Read(make([]byte, 1))
	return alertOf(err)
}

// talks reports whether a server answers without TLS.
func (a *Admin) talks(ctx context.Context, address string) bool {
	access := a.access
	access.TLS = nil
	p, err := dialProbe(ctx, access, address, a.limits.within(suspicion))
	if err != nil {
		return false
	}
	defer p.close()
	reply, err := p.ask("PING")
	return err == nil && reply.Kind != resp.Null
}

// talksTLS reports whether a handshake gets an answer that is one.
func (a *Admin) talksTLS(ctx context.Context, address string) bool {
	if a.access.Network == "unix" {
		return false
	}
	access := a.access
	access.TLS = &results.TLS{Insecure: true}
	conn, err := dial(ctx, access, address, a.limits.within(suspicion).ConnectTimeout)
	if err == nil {
		_ = conn.Close()
		return true
	}
	return alertOf(err) != ""
}
