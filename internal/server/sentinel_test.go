package server

import (
	"testing"
	"time"

	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

func sentinelAccess(s *servertest.Sentinel) results.Access {
	return results.Access{Mode: results.Sentinel, Network: "tcp", Addrs: s.Addrs, Master: servertest.MasterName}
}

// TestSentinel goes through one set of servers; what breaks it comes last.
func TestSentinel(t *testing.T) {
	requireRedis(t)
	s := servertest.StartSentinel(t)
	t.Run("check", func(t *testing.T) { checksSentinel(t, s) })
	t.Run("stats", func(t *testing.T) { statsUnderSentinels(t, s) })
	t.Run("kill and pause", func(t *testing.T) {
		disturbs(t, sentinelAccess(s), s.Master(t).Addr)
	})
	t.Run("failover", func(t *testing.T) {
		failsOver(t, sentinelAccess(s), func() []*servertest.Server { return []*servertest.Server{s.Master(t)} })
	})
	t.Run("password", func(t *testing.T) { sentinelsWithPassword(t, s) })
	t.Run("dead", func(t *testing.T) { deadSentinels(t, s) })
}

func checksSentinel(t *testing.T, s *servertest.Sentinel) {
	access := sentinelAccess(s)
	if err := remote(t, access).Check(t.Context()); err != nil {
		t.Error(err)
	}
	access.Master = "other"
	wantProblem(t, remote(t, access).Check(t.Context()), "no-master", "knows no master of this name: it knows "+servertest.MasterName)
	wantProblem(t, remote(t, standaloneAccess(s.Addrs[0])).Check(t.Context()), "sentinel", "is a Sentinel: name it as redis+sentinel://"+s.Addrs[0])
	access.Addrs = []string{s.Servers[0].Addr}
	wantProblem(t, remote(t, access).Check(t.Context()), "not-sentinel", "is not a Sentinel: name it as redis://")
}

func statsUnderSentinels(t *testing.T, s *servertest.Sentinel) {
	ctx := t.Context()
	a := remote(t, sentinelAccess(s))
	facts, _, err := a.Facts(ctx)
	if err != nil || facts.Mode != results.Sentinel || facts.Name != "redis" {
		t.Errorf("facts %+v, %v", facts, err)
	}
	// The test's own connection is the only one beside Sentinels and replica.
	stats, err := a.Stats(ctx)
	if err != nil || *stats.Others != 1 || *stats.Clients < 5 || stats.Role != "master" || stats.Redirects != nil {
		t.Errorf("stats %+v, %v", stats, err)
	}
	if err := a.SetAlive(ctx, "respbench:x:alive", time.Minute); err != nil {
		t.Error(err)
	}
	if got := s.Master(t).Do(t, "GET", "respbench:x:alive"); got != "1" {
		t.Errorf("the master has %q", got)
	}
	if n, err := a.Delete(ctx, "respbench:x:alive"); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
}

func sentinelsWithPassword(t *testing.T, s *servertest.Sentinel) {
	access := sentinelAccess(s)
	for _, sentinel := range s.Sentinels {
		sentinel.Do(t, "ACL", "SETUSER", "default", ">SECRET")
	}
	s.Master(t).Do(t, "ACL", "SETUSER", "default", ">SECRET") // nopass goes
	wantProblem(t, remote(t, access).Check(t.Context()), "noauth", "asks for a password")
	access.Password = "SECRET"
	a := remote(t, access)
	if err := a.Check(t.Context()); err != nil || !a.Access().SentinelAuth {
		t.Errorf("SentinelAuth %t, %v", a.Access().SentinelAuth, err)
	}
	if _, err := a.Stats(t.Context()); err != nil {
		t.Error(err)
	}
}

func deadSentinels(t *testing.T, s *servertest.Sentinel) {
	a := remote(t, sentinelAccess(s))
	for _, sentinel := range s.Sentinels {
		sentinel.Kill(t)
	}
	wantProblem(t, a.Check(t.Context()), "no-listener", "no Sentinel can be reached at "+s.Addrs[0]+",")
}
