package proc

import (
	"strings"
	"testing"
)

const node = `file:///home/me/app/x.mjs:3
throw new TypeError('no such')
      ^

TypeError: no such
    at file:///home/me/app/x.mjs:3:7
    at node:internal/main:28:49

Node.js v20.20.2
`

func TestLastLine(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, want string }{
		{"nothing", "\n \n", ""},
		{"a traceback", "Traceback (most recent call last):\n  File \"/home/me/d.py\", line 1\nKeyError: 'x'\n", "KeyError: 'x'"},
		{"Node", node, "TypeError: no such"},
		{"Node with fields", "/srv/x.js:3\n^\n\nError: no such\n    at f (/srv/x.js:3:1) {\n  code: 'E'\n}\n\nNode.js v20.20.2\n", "Error: no such"},
		{"Java", "Exception in thread \"main\" Oops: no such\n\tat Main.main(Main.java:5)\nat Main\n", "Exception in thread \"main\" Oops: no such"},
		{"Go", "panic: no such\n\ngoroutine 1 [running]:\nmain.main()\n\t/home/me/x.go:3 +0x1d\nexit status 2\n", "panic: no such"},
		{"Go, nil", "panic: nil pointer\n[signal SIGSEGV: code=0x1]\n\ngoroutine 1 [running]:\nmain.main()\n", "panic: nil pointer"},
		{"Rust", "thread 'main' panicked at x.rs:2:5:\nno such\nnote: run with `RUST_BACKTRACE=1`\n", "no such"},
		{"nothing but dull", "  at a\n\tat b\n", "at b"},

		{"a path", "python3: can't open file '/home/me/my dir/d.py'", "python3: can't open file 'd.py'"},
		{"quoted", "at \"/home/me/a b/c\" and `/home/me/a b`", "at 'c' and 'a b'"},
		{"paths", `(C:\Users\me\d.py) and /etc/passwd, or a/b 1/2`, "(d.py) and passwd, or b 2"},
		{"of a scheme", "in file:///home/alice/app/x.mjs:3", "in x.mjs:3"},
		{"in a list", "file:/home/alice/x,/home/bob/y [/home/carol/z]", "y [z]"},
		{"in other quotes", "see `/home/eve/x`, ~/secret/x.py <\\home\\bob>", "see 'x', x.py <bob>"},
		{"unquoted, with a space", "open /home/alice smith/x.py: no", "open x.py: no"},
		{"unquoted, with spaces", `open C:\Users\Alice B Smith\x.py: no`, "open x.py: no"},
		{"two paths", "from /a/b: to c/d", "from b: to d"},
		{"a folder", "in /home/alice/", "in"},
		{"control characters", "one\x1b[31mtwo\u202e\tthree", "one [31mtwo three"},
		{"long", strings.Repeat("x", 1000), strings.Repeat("x", 200)},
		{"cut in a character", strings.Repeat("x", 199) + "é", strings.Repeat("x", 199)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := LastLine(test.raw); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
