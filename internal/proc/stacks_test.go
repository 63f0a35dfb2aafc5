package proc

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const dump = `dialling secret.example.org
	/home/me/config.go:3
panic: cannot reach secret.example.org
	panic: runtime error: index out of range [5] with length 3

goroutine 1 gp=0xc000002380 m=0 mp=0x5ef6c0 [chan receive, 2 minutes, locked to thread]:
runtime.gopark(0xc00009e3f0?, 0x1?, 0x1?, 0x0?, 0x0?)
	/usr/local/go/src/runtime/proc.go:435 +0xce fp=0xc00009dd48 sp=0xc00009dd28 pc=0x46b8ce
example.org/app/pool.(*Pool[...]).take(0xc0001, {0xc0002, 0x3})
	/home/my name/app/pool.go:12 +0x1d
main.main.func1(...)
	C:/Users/me/app/main.go:7
created by main.main in goroutine 1
	/home/me/app/main.go:31 +0x6f

rax    0x0
rip    0x46b8ce
goroutine 7 [running]:
	goroutine running on other thread; stack unavailable
created by net/http.(*Server).Serve
	/usr/local/go/src/net/http/server.go:3454 +0x485
`

const reduced = `panic
goroutine 1 [chan receive, 2 minutes, locked to thread]:
runtime.gopark proc.go:435
example.org/app/pool.(*Pool[...]).take pool.go:12
main.main.func1 main.go:7
created by main.main main.go:31
goroutine 7 [running]:
created by net/http.(*Server).Serve server.go:3454
`

func TestStacks(t *testing.T) {
	for _, raw := range []string{dump, strings.ReplaceAll(dump, "\n", "\r\n")} {
		if diff := cmp.Diff(reduced, Stacks(raw)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestStacksCauses(t *testing.T) {
	tests := []struct{ raw, want string }{
		{"", ""},
		{"SIGQUIT: quit\nPC=0x47 m=0 sigcode=0\n", "SIGQUIT: quit\n"},
		{"fatal error: all goroutines are asleep - deadlock!\n", "fatal error: all goroutines are asleep - deadlock!\n"},
		{"panic: runtime error: index out of range [5] with length 3\n", "panic: runtime error: index out of range [5] with length 3\n"},
		{"panic: main.secret{host:\"a\"}\n", "panic\n"},
		{"just a log line\n\t/path/file.go:3 +0x1\n", ""},
	}
	for _, tt := range tests {
		if got := Stacks(tt.raw); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.raw, got, tt.want)
		}
	}
}

func FuzzStacks(f *testing.F) {
	f.Add(dump)
	f.Add("goroutine 1 [x]:\n\t/a/b.go:1")
	position := regexp.MustCompile(` [^/\\:]+:\d+$`)
	f.Fuzz(func(t *testing.T, raw string) {
		for line := range strings.Lines(Stacks(raw)) {
			line = strings.TrimSuffix(line, "\n")
			if causeOf(line) == "" && line != "panic" && !strings.HasPrefix(line, "goroutine ") && !position.MatchString(line) {
				t.Errorf("%q kept of %q", line, raw)
			}
		}
	})
}
