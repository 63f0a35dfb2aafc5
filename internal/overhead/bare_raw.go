package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/clients"
)

// openRaw has no library: it is the least code that sends the same bytes over
// a connection for each worker, and knows which bytes must come back.
func openRaw(t clients.Target) (*bareClient, error) {
	var sockets []*socket
	return &bareClient{
		worker: func(d data) (loop, error) {
			conn, err := t.Dialer.Dial(context.Background(), t.Addrs[0])
			if err != nil {
				return nil, err
			}
			s := &socket{conn: conn, timeout: t.Timeout, dialled: time.Now(), in: make([]byte, 4<<10)}
			sockets = append(sockets, s)
			return s.loop(d), nil
		},
		close: func() {
			for _, s := range sockets {
				_ = s.conn.Close()
			}
		},
	}, nil
}

type socket struct {
	conn          net.Conn
	timeout       time.Duration
	dialled       time.Time
	extend        time.Duration // from dialled: when the deadline is to be moved again
	out, in, want []byte
}

func (s *socket) loop(d data) loop {
	return func(stop *atomic.Bool) (steps int64, err error) {
		for ; !stop.Load(); steps++ {
			key, value := d.next()
			s.buildSet(key, value)
			if err := s.exchange(); err != nil {
				return steps, fmt.Errorf("SET %s: %w", key, err)
			}
			s.buildGet(key, value)
			if err := s.exchange(); err != nil {
				return steps, fmt.Errorf("GET %s: %w", key, err)
			}
		}
		return steps, nil
	}
}

func (s *socket) buildSet(key string, value string) {
	s.out = append(s.out[:0], "*3\r\n$3\r\nSET\r\n"...)
	s.out = appendBulk(s.out, key)
	s.out = appendBulk(s.out, value)
	s.want = append(s.want[:0], "+OK\r\n"...)
}

func (s *socket) buildGet(key string, value string) {
	s.out = append(s.out[:0], "*2\r\n$3\r\nGET\r\n"...)
	s.out = appendBulk(s.out, key)
	s.want = appendBulk(s.want[:0], value)
}

func appendBulk(dst []byte, text string) []byte {
	dst = append(dst, '$')
	dst = strconv.AppendInt(dst, int64(len(text)), 10)
	dst = append(dst, "\r\n"...)
	dst = append(dst, text...)
	return append(dst, "\r\n"...)
}

// exchange sends out and receives want, with the deadlines of the raw client:
// moved once in a quarter of the time-out.
func (s *socket) exchange() error {
	if now := time.Since(s.dialled); now >= s.extend {
		s.extend = now + s.timeout/4
		if err := s.conn.SetDeadline(s.dialled.Add(s.extend + s.timeout)); err != nil {
			return err
		}
	}
	if _, err := s.conn.Write(s.out); err != nil {
		return err
	}
	got := s.in[:len(s.want)]
	if _, err := io.ReadFull(s.conn, got); err != nil {
		return err
	}
	if !bytes.Equal(got, s.want) {
		return fmt.Errorf("reply %q, want %q", got, s.want)
	}
	return nil
}
