package report

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// TestPages: what a page looks like is tested where pages are made.
func TestPages(t *testing.T) {
	for name, write := range map[string]func(io.Writer, Layout) error{
		"summary":    func(w io.Writer, l Layout) error { return writeHTML(w, summarize(t, "default"), l) },
		"sweep":      func(w io.Writer, l Layout) error { return writeSweepHTML(w, sweepOf(t, "sweep-rate"), l) },
		"comparison": func(w io.Writer, l Layout) error { return writeComparisonHTML(w, comparedRuns(t), l) },
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := write(&out, Layout{Title: "Sunday </script>"}); err != nil {
				t.Fatal(err)
			}
			page := out.String()
			if !strings.Contains(page, "goredis") || !strings.Contains(page, "Sunday &lt;/script&gt;</title>") {
				t.Errorf("a page without its title or its clients: %.300s", page)
			}
			if err := write(fullDisk{}, Layout{}); err == nil {
				t.Error("a full disk is no error")
			}
		})
	}
}
