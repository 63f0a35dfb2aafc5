package check

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/servertest"
)

// The runner has the system's count of CPU time compared with the record's.
func TestCPUOfOthers(t *testing.T) {
	if runtime.NumCPU() < 2 {
		t.Skip("no others")
	}
	t.Parallel()
	access := accessOf(servertest.Start(t, servertest.Options{}))
	admin := server.NewAdmin(server.Remote, access, server.Limits{})
	defer admin.Close()
	s := subject{driver: liar(t, "CPU of others"), library: "player", variant: "default", access: access, admin: admin, patience: stuck}
	spec := s.spec(shapes[0])
	spec.Limit.Duration = time.Second
	_, _, err := s.try(t.Context(), spec, access, func() {})
	if want := "of CPU time; the system counted"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a trial of it says %v, want %q", err, want)
	}
}
