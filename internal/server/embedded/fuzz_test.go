package embedded

import (
	"bytes"
	"io"
	"net"
	"testing"

	"respbench.dev/respbench/internal/resp"
)

// A recording is a connection whose client has sent all it will.
type recording struct {
	net.Conn
	in  io.Reader
	out bytes.Buffer
}

func (r *recording) Read(p []byte) (int, error)  { return r.in.Read(p) }
func (r *recording) Write(p []byte) (int, error) { return r.out.Write(p) }
func (r *recording) RemoteAddr() net.Addr        { return &net.UnixAddr{} }
func (r *recording) LocalAddr() net.Addr         { return &net.UnixAddr{} }

// FuzzServe: whatever is sent, the answer is RESP from beginning to end and no
// lock is left behind.
func FuzzServe(f *testing.F) {
	var all []byte
	for _, args := range sameAsRedis {
		all = resp.AppendCommand(all, args...)
		f.Add(resp.AppendCommand(nil, args...))
	}
	f.Add(all)
	f.Add([]byte("HELLO 3\r\nMULTI\r\nINFO all\r\nCOMMAND\r\nSCAN 0\r\nCLIENT INFO\r\nEXEC\r\n"))
	f.Add([]byte("COMMAND DOCS\r\nSET k v PX 1 GET\r\nCONFIG GET [*\r\n*1\r\n$x\r\n"))
	s, err := Listen(Options{})
	if err != nil {
		f.Fatal(err)
	}
	s.Close() // so that a connection that CLIENT PAUSE holds up ends
	f.Fuzz(func(t *testing.T, in []byte) {
		s.release()
		socket := &recording{in: bytes.NewReader(in)}
		newConn(s, socket, 1).serve()
		replies := resp.NewReader(&socket.out, 0)
		for {
			if _, err := replies.ReadValue(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		s.keys.lockAll() // would not return
		s.keys.unlockAll()
	})
}
