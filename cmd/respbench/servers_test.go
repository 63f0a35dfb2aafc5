package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// A redisServer is one that a test started and that respbench takes for
// somebody else's.
type redisServer struct {
	addr string
	cmd  *exec.Cmd
}

// runRedis starts a redis-server with further arguments in dir and waits until
// it answers, if only by asking for a password.
func runRedis(dir string, args ...string) (*redisServer, error) {
	for range 5 {
		addr, err := freeAddress()
		if err != nil {
			return nil, err
		}
		_, port, _ := net.SplitHostPort(addr)
		args := append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", dir}, args...)
		s := &redisServer{addr, exec.Command("redis-server", args...)}
		if err := s.cmd.Start(); err != nil {
			return nil, err
		}
		if s.answers(strconv.Itoa(s.cmd.Process.Pid)) {
			return s, nil
		}
		s.stop() // another program took the port
	}
	return nil, errors.New("redis-server does not answer")
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// answers waits for the process with this id to answer; one that asks for a
// password does not tell its id.
func (s *redisServer) answers(pid string) bool {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			continue
		}
		defer conn.Close()
		_ = conn.SetDeadline(deadline)
		fmt.Fprint(conn, "INFO server\r\nQUIT\r\n")
		reply, err := io.ReadAll(conn)
		return err == nil && (len(reply) > 0 && reply[0] == '-' || bytes.Contains(reply, []byte("process_id:"+pid+"\r\n")))
	}
	return false
}

func (s *redisServer) stop() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// startRedis is runRedis for a test.
func startRedis(t *testing.T, args ...string) *redisServer {
	t.Helper()
	s, err := runRedis(t.TempDir(), args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	return s
}

func (s *redisServer) url() string { return "redis://" + s.addr }

// ask sends the server one command, over a connection that is gone afterwards.
func (s *redisServer) ask(t *testing.T, command ...any) any {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: s.addr, Protocol: 2})
	defer c.Close()
	reply, err := c.Do(context.Background(), command...).Result()
	if err != nil {
		t.Fatalf("%v: %v", command, err)
	}
	return reply
}

// expectKeys fails the test unless the server holds so many keys.
func (s *redisServer) expectKeys(t *testing.T, want int) {
	t.Helper()
	keys, _ := s.ask(t, "KEYS", "*").([]any)
	if len(keys) != want {
		t.Errorf("%d keys on the server, want %d: %.300q", len(keys), want, keys)
	}
}

// manners are how things that are no servers, or not ready, treat a connection.
var manners = map[string]func(net.Conn){
	"http": func(c net.Conn) {
		_, _ = bufio.NewReader(c).ReadString('\n')
		fmt.Fprint(c, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request")
	},
	"silent":  func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
	"closing": func(net.Conn) {},
	"loading": func(c net.Conn) {
		commands := make([]byte, 4096)
		for {
			if _, err := c.Read(commands); err != nil {
				return
			}
			fmt.Fprint(c, "-LOADING Redis is loading the dataset in memory\r\n")
		}
	},
}

// misbehave accepts connections until the listener is closed. It calls touched
// before anything else.
func misbehave(l net.Listener, manner func(net.Conn), touched func()) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		touched()
		go func() {
			defer conn.Close()
			manner(conn)
		}()
	}
}
