package proc

import (
	"strings"
	"testing"
)

func TestLastLine(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, want string }{
		{"nothing", "\n \n", ""},
		{"a traceback", "Traceback (most recent call last):\n  File \"/home/me/d.py\", line 1\nKeyError: 'x'\n", "KeyError: 'x'"},
		{"a path", "python3: can't open file '/home/me/my dir/d.py'", "python3: can't open file 'my dir/d.py'"},
		{"paths", `(C:\Users\me\d.py) and /etc/passwd or a/b 1/2`, "(d.py) and passwd or a/b 1/2"},
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
