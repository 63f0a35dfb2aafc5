package python_test

import (
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/resp"
	"respbench.dev/respbench/internal/servertest"
)

// A trial ends within a second of the end of stdin, also while no call returns.
func TestTheEndOfStdinStops(t *testing.T) {
	t.Parallel()
	d := find(t)
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			s := servertest.Start(t, servertest.Options{})
			spec := newSpec(t, way, s.Addr)
			spec.Scenario, spec.Workers, spec.Steps, spec.Timeout = "concurrent", 3, 1<<40, int64(time.Minute)
			k := start(t, d, spec)
			k.begin(func() {})
			time.Sleep(100 * time.Millisecond)
			if err := syscall.Kill(s.Pid(), syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			_ = k.stdin.Close()
			r, samples := k.end()
			if steps, _ := total(samples); steps == 0 || !r.Stopped {
				t.Errorf("%d steps, stopped %v", steps, r.Stopped)
			}
			if longest := longest(samples); longest > r.Window {
				t.Errorf("%d ns of steps in a window of %d ns", longest, r.Window)
			}
			if took := time.Since(began); took > 5*time.Second { // of a minute, on a busy machine
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestTheEndOfStdinBeforeTheClock(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	k := start(t, find(t), newSpec(t, "default", s.Addr))
	k.until("ready")
	_ = k.stdin.Close()
	if k.lines.Scan() {
		t.Errorf("said %q", k.lines.Text())
	}
	if err := k.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestErrorsAreCounted(t *testing.T) {
	t.Parallel()
	d := find(t)
	cases := []struct{ reply, class string }{
		{"lie", "mismatch"}, {"-OOM command not allowed when used memory > 'maxmemory'.", "oom"},
		{"-READONLY You can't write against a read only replica.", "readonly"},
		{"-MOVED 866 127.0.0.1:1", "moved"}, {"-NOPERM this user has no permissions", "permission"},
	}
	for _, way := range ways {
		for i, c := range cases {
			t.Run(way+"/"+c.class, func(t *testing.T) {
				spec := newSpec(t, way, startFake(t, c.reply).addr())
				spec.Steps, spec.WarmupSteps = 3, 1
				if i%2 == 0 {
					spec.Scenario, spec.Depth = "pipelined", 2
				}
				r, samples := run(t, d, spec)
				steps, failed := total(samples)
				if steps != 3 || failed != 3 || r.Errors[c.class] != 3 || r.FirstErrors[c.class] == "" || r.Warm.Failed != 1 {
					t.Errorf("%d steps, %d failed, errors %v %v, warm %+v", steps, failed, r.Errors, r.FirstErrors, r.Warm)
				}
				if mismatch := c.class == "mismatch"; mismatch != (r.Warm.Mismatches == 1) {
					t.Errorf("warm %+v", r.Warm)
				}
			})
		}
	}
}

// The coroutines have no socket_timeout, as who uses them.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	d := find(t)
	for way, limited := range map[string]bool{"default": true, "asyncio": false, "uvloop-hiredis": false} {
		t.Run(way, func(t *testing.T) {
			s := servertest.Start(t, servertest.Options{})
			spec := newSpec(t, way, s.Addr)
			spec.Timeout, spec.Steps, spec.LeastTime = int64(200*time.Millisecond), 0, int64(time.Second)
			k := start(t, d, spec)
			k.begin(func() {})
			s.Do(t, "CLIENT", "PAUSE", "500")
			r, samples := k.end()
			if _, failed := total(samples); (failed > 0) != limited || int64(failed) != r.Errors["timeout"] {
				t.Errorf("%d failed, errors %v", failed, r.FirstErrors)
			}
			if _, told := r.Options["socket_timeout"]; told != limited {
				t.Errorf("options %v", r.Options)
			}
		})
	}
}

// What a library writes to stderr would be taken for the reason of an end.
func TestWhatLibrariesPrint(t *testing.T) {
	t.Parallel()
	const loud = `
import asyncio, logging, warnings
__version__ = "1"
class Loud:
    def __del__(self): raise ValueError("not raised")
def new_event_loop():
    logging.getLogger("asyncio").error("logged")
    warnings.warn("warned")
    Loud()
    loop = asyncio.new_event_loop()
    loop.call_soon(lambda: 1 / 0)
    return loop
`
	var said strings.Builder
	d, spec := find(t), newSpec(t, "uvloop", servertest.Start(t, servertest.Options{}).Addr)
	k := startWith(t, d, spec, &said, "PYTHONPATH="+folderWith(t, "uvloop.py", loud))
	k.begin(func() {})
	if r, _ := k.end(); r.Samples[0] != spec.Steps || said.String() != "" {
		t.Errorf("%d steps; stderr:\n%s", r.Samples[0], said.String())
	}
}

// What the server's end breaks is counted, and the trial goes on when it is back.
func TestAServerThatRestarts(t *testing.T) {
	t.Parallel()
	d := find(t)
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			s := servertest.Start(t, servertest.Options{})
			spec := newSpec(t, way, s.Addr)
			spec.Steps, spec.LeastTime = 0, int64(1500*time.Millisecond)
			k := start(t, d, spec)
			k.begin(func() {})
			s.Kill(t)
			time.Sleep(100 * time.Millisecond)
			s.Restart(t)
			r, samples := k.end()
			_, failed := total(samples)
			if failed == 0 || r.Errors["refused"] == 0 || r.Errors["refused"]+r.Errors["reset"] != int64(failed) {
				t.Errorf("%d failed, errors %v %v", failed, r.Errors, r.FirstErrors)
			}
			if of := samples[0]; of[len(of)-1] < 0 {
				t.Error("the last step failed")
			}
		})
	}
}

func TestWhatCannotBeRun(t *testing.T) {
	t.Parallel()
	d, s := find(t), servertest.Start(t, servertest.Options{})
	cases := []struct {
		name, want string
		change     func(*driver.Spec)
	}{
		{"no server", "ConnectionError", func(s *driver.Spec) { s.Server.Port = 1 }},
		{"no server, asyncio", "ConnectionError", func(s *driver.Spec) { s.Server.Port, s.Variant = 1, "uvloop" }},
		{"wrong password", "Error", func(s *driver.Spec) { s.Server.Username, s.Server.Password = "nobody", "wrong" }},
		{"protocol", "protocol 2; have 1", func(s *driver.Spec) { s.Protocol = 2 }},
		{"variant", "variant 'trio'; have default, hiredis", func(s *driver.Spec) { s.Variant = "trio" }},
		{"scenario", "scenario 'web'; have sync", func(s *driver.Spec) { s.Scenario = "web" }},
		{"version", "version 2; have 1", func(s *driver.Spec) { s.Version = 2 }},
		{"RESP", "does not speak RESP4", func(s *driver.Spec) { s.RESP = 4 }},
		{"keys", "1 keys for 2 workers", func(s *driver.Spec) { s.Keyspace, s.Workers = 1, 2 }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			spec := newSpec(t, "default", s.Addr)
			c.change(&spec)
			k := start(t, d, spec)
			if e := k.until("error"); !strings.Contains(e.Error, c.want) {
				t.Errorf("error %q, want %q", e.Error, c.want)
			}
			if err := k.cmd.Wait(); err == nil {
				t.Error("ends with status 0")
			}
		})
	}
}

func TestServers(t *testing.T) {
	t.Parallel()
	d, s := find(t), servertest.Start(t, servertest.Options{TLS: true, ClientCerts: true})
	s.Do(t, "ACL", "SETUSER", "someone", "on", ">secret", "~*", "+@all")
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	tls := driver.TLS{CA: read(s.Certs.CA), Cert: read(s.Certs.Client.Cert), Key: read(s.Certs.Client.Key)}
	named, other, strange := tls, tls, tls
	named.ServerName, other.ServerName, strange.CA = "localhost", "elsewhere.test", read(s.Certs.OtherCA)
	trusting := strange
	trusting.ServerName, trusting.Insecure = "elsewhere.test", true
	cases := []struct {
		name   string
		change func(*driver.Server)
		refuse bool
	}{
		{"unix", func(o *driver.Server) { *o = driver.Server{Network: "unix", Path: s.Socket} }, false},
		{"user", func(o *driver.Server) { o.Username, o.Password, o.DB, o.TLS = "someone", "secret", 3, &tls }, false},
		{"server name", func(o *driver.Server) { o.TLS = &named }, false},
		{"other name", func(o *driver.Server) { o.TLS = &other }, true},
		{"other CA", func(o *driver.Server) { o.TLS = &strange }, true},
		{"insecure", func(o *driver.Server) { o.TLS = &trusting }, false},
	}
	for _, variant := range []string{"default", "asyncio", "uvloop"} {
		for _, c := range cases {
			t.Run(variant+"/"+c.name, func(t *testing.T) {
				spec := newSpec(t, variant, s.Addr)
				c.change(&spec.Server)
				if c.refuse {
					start(t, d, spec).until("error")
					return
				}
				run(t, d, spec)
				if c.name == "user" && !strings.Contains(s.Do(t, "INFO", "keyspace"), "db3:keys=10,") {
					t.Error("no keys in database 3")
				}
			})
		}
	}
}

// A fake is a server that notes each SET and answers a GET with what was set,
// or with its own reply: an error if that begins with a minus sign.
type fake struct {
	listener net.Listener
	reply    string
	serving  sync.WaitGroup

	mu     sync.Mutex
	values map[string]string
	order  [][2]string
}

func startFake(t *testing.T, reply string) *fake {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{listener: listener, reply: reply, values: map[string]string{}}
	f.serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			f.serving.Go(func() { f.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		f.serving.Wait() // the driver has ended, and its connections with it
	})
	return f
}

func (f *fake) addr() string { return f.listener.Addr().String() }

func (f *fake) serve(conn net.Conn) {
	defer conn.Close()
	for in := resp.NewReader(conn, 4<<10); ; {
		args, err := in.ReadCommand()
		if err != nil {
			return
		}
		if _, err := conn.Write(f.answer(args)); err != nil {
			return
		}
	}
}

func (f *fake) answer(args [][]byte) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch string(args[0]) {
	case "SET":
		f.values[string(args[1])] = string(args[2])
		f.order = append(f.order, [2]string{string(args[1]), string(args[2])})
		return resp.AppendSimple(nil, "OK")
	case "GET":
		if text, ok := strings.CutPrefix(f.reply, "-"); ok {
			return resp.AppendError(nil, text)
		}
		if f.reply != "" {
			return resp.AppendBulkString(nil, f.reply)
		}
		return resp.AppendBulkString(nil, f.values[string(args[1])])
	}
	return resp.AppendSimple(nil, "PONG")
}

// sets are keys and values in the order in which they came.
func (f *fake) sets() [][2]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.order
}
