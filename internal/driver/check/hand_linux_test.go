package check

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/resp"
)

// A hand is one worker of a player, with a connection of its own.
type hand struct {
	*player
	number  int
	key     int // the next
	pass    int // over its keys
	conn    net.Conn
	replies *resp.Reader
	samples []int64
	errors  []error
	tried   atomic.Int64
}

var errMismatch = errors.New("another value than was set")

func (h *hand) repeat(more func(*hand) bool) {
	began, pause := h.start, time.Millisecond
	for more(h) {
		if h.lie == "gaps" {
			time.Sleep(time.Millisecond)
			began = time.Now()
		}
		err := h.step()
		if err != nil && h.lie == "tries again" {
			err = h.step()
		}
		if h.lie == "hides errors" {
			err = nil
		}
		now := time.Now()
		h.tried.Add(1)
		h.samples = append(h.samples, int64(now.Sub(began)))
		began = now
		if err == nil {
			pause = time.Millisecond
			continue
		}
		h.samples[len(h.samples)-1] *= -1
		h.errors = append(h.errors, err)
		if h.lie == "gives up" {
			h.stopped.Store(true)
		}
		time.Sleep(pause)
		pause, began = min(2*pause, 100*time.Millisecond), time.Now()
	}
}

// A pair is a SET and a GET of a key.
type pair struct{ key, value string }

func (h *hand) next() pair {
	turn := h.key + h.pass + int(h.spec.Seed)
	if h.lie == "always the same" {
		turn = 0
	}
	taken := pair{h.spec.Prefix + strconv.Itoa(h.key), h.values[turn%len(h.values)]}
	if h.lie == "too long" {
		taken.value += "x"
	}
	step := h.spec.Workers
	if h.lie == "every other" {
		step *= 2
	}
	if h.key += step; h.key >= h.spec.Keyspace {
		h.key, h.pass = h.number, h.pass+1
	}
	return taken
}

func (h *hand) step() error {
	if h.lie == "skips" && h.tried.Load()%10 == 9 {
		return nil
	}
	if err := h.connect(); err != nil {
		return err
	}
	if h.spec.Depth == 0 {
		p := h.next()
		if err := h.exchange(resp.AppendCommand(nil, "SET", p.key, p.value), "OK"); err != nil {
			return err
		}
		return h.exchange(resp.AppendCommand(nil, "GET", p.key), p.value)
	}
	var flush []byte
	var want []string
	for range h.spec.Depth {
		p := h.next()
		flush = resp.AppendCommand(flush, "SET", p.key, p.value)
		flush = resp.AppendCommand(flush, "GET", p.key)
		want = append(want, "OK", p.value)
	}
	return h.exchange(flush, want...)
}

func (h *hand) connect() (err error) {
	if h.conn != nil {
		return nil
	}
	h.conn, err = net.Dial("tcp", net.JoinHostPort(h.spec.Server.Host, strconv.Itoa(h.spec.Server.Port)))
	if err != nil {
		h.conn = nil
		return err
	}
	h.replies = resp.NewReader(h.conn, 4096)
	h.dials.Add(1)
	return nil
}

// exchange reads a reply for each that is wanted, and returns the first error.
func (h *hand) exchange(commands []byte, want ...string) (first error) {
	if _, err := h.conn.Write(commands); err != nil {
		h.conn = nil
		return err
	}
	for _, wanted := range want {
		v, err := h.replies.ReadValue()
		switch {
		case err != nil:
			h.conn.Close()
			h.conn = nil
			return err
		case first != nil:
		case v.IsError():
			first = errors.New(v.Text)
		case v.Text != wanted && h.lie != "blind":
			first = errMismatch
		}
	}
	return first
}

// tally counts what the workers did, and returns their samples.
func (p *player) tally(r *driver.Record) (samples []byte) {
	r.Errors, r.FirstErrors = map[string]int64{}, map[string]string{}
	for _, h := range p.workers {
		r.Samples = append(r.Samples, int64(len(h.samples)))
		for _, ns := range h.samples {
			samples = binary.LittleEndian.AppendUint64(samples, uint64(ns))
		}
		for _, err := range h.errors {
			class := classOf(err)
			r.Errors[class]++
			r.FirstErrors[class] = fmt.Sprint(err)
		}
	}
	return samples
}

func classOf(err error) string {
	var network net.Error
	switch {
	case err == errMismatch:
		return "mismatch"
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "reset"
	}
	return "other"
}
