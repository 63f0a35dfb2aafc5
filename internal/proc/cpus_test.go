package proc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseCPUs(t *testing.T) {
	tests := []struct {
		list   string
		want   []int
		format string
	}{
		{"0", []int{0}, "0"},
		{"0-3,5", []int{0, 1, 2, 3, 5}, "0-3,5"},
		{"5,1-2,2,0", []int{0, 1, 2, 5}, "0-2,5"},
		{"7-7", []int{7}, "7"},
		{"1023", []int{1023}, "1023"},
	}
	for _, tt := range tests {
		got, err := ParseCPUs(tt.list)
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", tt.list, err, diff)
		}
		if format := FormatCPUs(got); format != tt.format {
			t.Errorf("%q formats as %q, want %q", tt.list, format, tt.format)
		}
	}
	for _, list := range []string{"", ",", "0,", "a", "-1", "1-", "3-1", "1024", "0-99999999999", "0 1", "+1"} {
		if got, err := ParseCPUs(list); err == nil || !strings.Contains(err.Error(), "want a list such as") {
			t.Errorf("%q: got %v, %v", list, got, err)
		}
	}
	if got := FormatCPUs(nil); got != "" {
		t.Errorf("no CPUs format as %q", got)
	}
}

func FuzzParseCPUs(f *testing.F) {
	f.Add("0-3,5")
	f.Add("1,0-0")
	f.Fuzz(func(t *testing.T, list string) {
		cpus, err := ParseCPUs(list)
		if err != nil {
			return
		}
		again, err := ParseCPUs(FormatCPUs(cpus))
		if diff := cmp.Diff(cpus, again); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", list, err, diff)
		}
	})
}
