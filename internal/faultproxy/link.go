package faultproxy

import (
	"crypto/tls"
	"net"
	"sync"
)

// A link is a client's connection and ours to the server for it.
type link struct {
	client, server net.Conn
	done           chan struct{} // closed with the link
	once           sync.Once
}

func (l *link) close() {
	l.once.Do(func() {
		close(l.done)
		_ = transport(l.client).Close()
		_ = transport(l.server).Close()
	})
}

func (l *link) reset() {
	l.once.Do(func() {
		close(l.done)
		abort(l.client)
		abort(l.server)
	})
}

// transport is the TCP connection under c: what ends it says no TLS farewell,
// and waits for nobody who is writing one.
func transport(c net.Conn) *net.TCPConn {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	return c.(*net.TCPConn)
}

// abort closes c with a reset.
func abort(c net.Conn) {
	tcp := transport(c)
	_ = tcp.SetLinger(0)
	_ = tcp.Close()
}

// finish ends the stream towards c's peer, which may go on sending.
func finish(c net.Conn) {
	if secure, ok := c.(*tls.Conn); ok {
		_ = secure.CloseWrite()
	}
	_ = transport(c).CloseWrite()
}
