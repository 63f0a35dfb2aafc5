package main

import (
	"errors"
	"io"
	"time"
)

const (
	// One direction of the line between devices holds so many packets. When
	// it is full they wait in the device's own queue.
	packets = 1024
	// largestPacket is an IP packet that the sender's kernel has left to the
	// device to cut into segments, and its header of 10 bytes.
	largestPacket = 65535 + 10

	// One direction of a proxied connection holds so many chunks.
	chunks       = 64
	largestChunk = 16 << 10
)

// A line carries pieces in one direction. It keeps their order and is late by
// the delay, and by what it takes to wake up.
type line struct {
	delay  time.Duration
	pieces int // on their way at the same time
	size   int // bytes of the largest piece

	sleeper func() (sleeper, error)
}

// A sleeper is used by one goroutine.
type sleeper interface {
	sleep(until time.Time)
	close()
}

func newLine(delay time.Duration, pieces, size int) line {
	return line{delay, pieces, size, preciseSleeper}
}

type piece struct {
	due  time.Time
	data []byte
}

// carry takes what each Read of src gives, and writes it to dst in one Write
// when it is due. The end of src is late, too: carry returns when that is due.
func (l line) carry(dst io.Writer, src io.Reader) error {
	s, err := l.sleeper()
	if err != nil {
		return err
	}
	defer s.close()
	free, queue := l.buffers(), make(chan piece, l.pieces)
	delivered := make(chan error)
	go func() { delivered <- deliver(dst, queue, free, s) }()
	err = l.take(src, queue, free)
	close(queue)
	return errors.Join(err, <-delivered)
}

// buffers are made at once: nothing is allocated per piece, so that no garbage
// collection is on the line. Memory that no piece has reached is never touched.
func (l line) buffers() chan []byte {
	free := make(chan []byte, l.pieces)
	all := make([]byte, l.pieces*l.size)
	for range l.pieces {
		free <- all[:l.size:l.size]
		all = all[l.size:]
	}
	return free
}

func (l line) take(src io.Reader, queue chan<- piece, free <-chan []byte) error {
	for buffer := range free {
		n, err := src.Read(buffer[:l.size])
		queue <- piece{time.Now().Add(l.delay), buffer[:n]}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// deliver goes on without writing when dst has failed, so that take is not
// held up; who owns dst and src ends src then.
func deliver(dst io.Writer, queue <-chan piece, free chan<- []byte, s sleeper) error {
	var failed error
	for p := range queue {
		if failed == nil {
			s.sleep(p.due)
			_, failed = dst.Write(p.data)
		}
		free <- p.data
	}
	return failed
}
