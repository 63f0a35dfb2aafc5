package embedded

import (
	"fmt"
	"strings"
	"testing"

	"respbench.dev/respbench/internal/resp"
)

// BenchmarkSocket is a command's way through the server over a socket, by
// how many commands are in flight.
func BenchmarkSocket(b *testing.B) {
	for _, command := range []string{"SET key:000000000042 xxxxxxxxxxxxxxxx", "GET key:000000000042"} {
		for _, depth := range []int{1, 16} {
			b.Run(fmt.Sprintf("%.3s/depth=%d", command, depth), func(b *testing.B) {
				p := connect(b, start(b, Options{}))
				p.do("SET", "key:000000000042", "xxxxxxxxxxxxxxxx")
				batch := strings.Repeat(string(resp.AppendCommand(nil, strings.Fields(command)...)), depth)
				for i := 0; i < b.N; i += depth {
					p.send(batch)
					for range depth {
						if _, _, err := p.in.ReadScalar(); err != nil {
							b.Fatal(err)
						}
						p.raw.Reset()
					}
				}
			})
		}
	}
}

// BenchmarkCommand is the cost of a command without sockets and parsing.
func BenchmarkCommand(b *testing.B) {
	s, err := Listen(Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for _, line := range []string{"SET k v", "SET k v EX 100", "GET k", "MGET k k2 k3", "PING"} {
		b.Run(line, func(b *testing.B) {
			c := newConn(s, nil, 1)
			var args [][]byte
			for _, word := range strings.Fields(line) {
				args = append(args, []byte(word))
			}
			b.ReportAllocs()
			for b.Loop() {
				c.handle(args)
				c.out = c.out[:0]
			}
		})
	}
}

func TestGetAndSetAllocateNothing(t *testing.T) {
	s, err := Listen(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := newConn(s, nil, 1)
	set := [][]byte{[]byte("SET"), []byte("k"), []byte("0123456789abcdef")}
	get := [][]byte{[]byte("get"), []byte("k")}
	c.handle(set)
	allocs := testing.AllocsPerRun(1000, func() {
		c.handle(set)
		c.handle(get)
		c.out = c.out[:0]
	})
	if allocs != 0 {
		t.Errorf("%v allocations for a SET and a GET", allocs)
	}
}
