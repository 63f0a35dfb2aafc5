package check

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"time"
)

// A fault is what a proxy does to one reply.
type fault struct {
	command string // whose reply
	nth     int    // of these replies since the proxy was armed, from 1
	do      func(l *link, reply []byte) (instead []byte, err error)
}

// wrongByte changes one byte of a value.
func wrongByte(_ *link, reply []byte) ([]byte, error) {
	changed := bytes.Clone(reply)
	body := changed[bytes.IndexByte(changed, '\n')+1 : len(changed)-len("\r\n")]
	body[rand.IntN(len(body))] ^= 1
	return changed, nil
}

// missing says that there is no such key.
func missing(l *link, _ []byte) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.resp3 {
		return []byte("_\r\n"), nil
	}
	return []byte("$-1\r\n"), nil
}

// refusal is an error of the server's.
func refusal(*link, []byte) ([]byte, error) { return []byte("-ERR injected\r\n"), nil }

// cut closes the connection.
func cut(*link, []byte) ([]byte, error) { return nil, errors.New("cut") }

// held is how long holding takes.
const held = 150 * time.Millisecond

// holding passes the reply later.
func holding(l *link, reply []byte) ([]byte, error) {
	select {
	case <-time.After(held):
	case <-l.done:
	}
	return reply, nil
}

// blocking never passes it.
func blocking(l *link, _ []byte) ([]byte, error) {
	<-l.done
	return nil, errors.New("closed")
}

// harmless only shows that the reply has come.
func harmless(_ *link, reply []byte) ([]byte, error) { return reply, nil }
