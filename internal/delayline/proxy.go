package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
)

// proxy says where it listens and forwards TCP connections until it cannot.
// What is sent is late, not the opening of a connection.
func proxy(l line, listen, server string, stdout io.Writer) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(stdout, listener.Addr()); err != nil {
		return err
	}
	return serve(l, listener, server)
}

func serve(l line, listener net.Listener, server string) error {
	var open sync.WaitGroup
	defer open.Wait()
	for {
		client, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		open.Go(func() {
			if err := forward(l, client, server); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		})
	}
}

// forward serves a connection until both sides have ended, or one has failed.
func forward(l line, client net.Conn, address string) error {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()
	var ways sync.WaitGroup
	ways.Go(func() { l.stream(server, client) })
	ways.Go(func() { l.stream(client, server) })
	ways.Wait()
	return nil
}

// stream carries one way of a connection, its end too. Who has a connection
// that fails sees it closed.
func (l line) stream(dst, src net.Conn) {
	if err := l.carry(cutting{dst, src}, src); err != nil {
		_, _ = dst.Close(), src.Close()
		return
	}
	if tcp, ok := dst.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
}

// A cutting connection closes the one that it is fed from when it fails.
type cutting struct {
	net.Conn
	from net.Conn
}

func (c cutting) Write(data []byte) (int, error) {
	n, err := c.Conn.Write(data)
	if err != nil {
		_ = c.from.Close()
	}
	return n, err
}
