package runner

import (
	"net"
	"testing"
	"time"

	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

// A connection that its client tells of only after the time it was to be
// closed at is closed then; one that is never told of fails the trial.
func TestKillClientsOnceTheyAreKnown(t *testing.T) {
	t.Parallel()
	started := servertest.Start(t, servertest.Options{})
	access := results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{started.Addr}}
	for name, told := range map[string]time.Duration{"late": 2 * killAgain, "never": time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", started.Addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			r := &Runner{site: &site{access: access, admin: server.NewAdmin(server.Remote, access, server.Limits{})}}
			defer r.admin.Close()
			d, err := r.disturber(results.Point{Disturb: results.KillClients + "@50ms"})
			if err != nil {
				t.Fatal(err)
			}
			d.learn(results.Event{Ends: map[string]string{"127.0.0.1:1": started.Addr}})
			d.start(t.Context())
			timer := time.AfterFunc(told, func() {
				d.learn(results.Event{Ends: map[string]string{conn.LocalAddr().String(): conn.RemoteAddr().String()}})
			})
			defer timer.Stop()
			d.working.Wait()
			record := results.Trial{Status: results.OK}
			d.stop(&record)
			if late := told < time.Hour; late != (record.Status == results.OK) || late != (len(record.Disturbances) == 1) {
				t.Fatalf("%s: %s, %+v", record.Status, record.Reason, record.Disturbances)
			} else if late && record.Disturbances[0].At < told {
				t.Errorf("closed at %v what was told at %v", record.Disturbances[0].At, told)
			}
		})
	}
}
