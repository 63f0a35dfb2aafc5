package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"respbench.dev/respbench/results"
)

// TestOptionalCommands has a server measured that lacks what a measurement can
// do without.
func TestOptionalCommands(t *testing.T) {
	const oldRESP = "libraries that want RESP 3 fall back to RESP 2"
	tests := []struct {
		name, args string
		setUser    []any
		oldRESP    bool
		notes      []string
	}{
		{"renamed INFO", `--rename-command INFO ""`, nil, false, []string{"does not know the command INFO", "whether there is room is not known"}},
		{"renamed CLIENT", `--rename-command CLIENT ""`, nil, false, nil},
		{"renamed PING", `--rename-command PING ""`, nil, false, nil},
		{"renamed MULTI", `--rename-command MULTI ""`, nil, false, nil},
		{"renamed HELLO", `--rename-command HELLO ""`, nil, true, []string{"does not know the command HELLO: " + oldRESP}},
		{
			"renamed all", `--rename-command HELLO "" --rename-command INFO "" --rename-command CONFIG "" --rename-command CLIENT "" --rename-command PING "" --rename-command MULTI ""`,
			nil, true, []string{"command HELLO", "command INFO", "is not known", "command CONFIG GET"},
		},
		{"no default user", "", []any{"default", "off"}, false, nil},
		{"HELLO forbidden to all", "", []any{"default", "-hello"}, false, nil}, // in vain: it is part of logging in
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			access := start(t, tt.args).Access
			if tt.setUser != nil {
				command(t, access, "ACL", "SETUSER", "bench", "on", ">SECRET", "~respbench:*", "+@all", "-hello")
				command(t, access, append([]any{"ACL", "SETUSER"}, tt.setUser...)...)
				access.Username, access.Password = "bench", "SECRET"
			}
			a := remote(t, access)
			if err := a.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := a.Access().OldRESP; got != tt.oldRESP {
				t.Errorf("OldRESP %t", got)
			}
			_, notes, err := a.Facts(t.Context())
			if err != nil || !slices.EqualFunc(notes, tt.notes, strings.Contains) {
				t.Errorf("notes %q, %v", notes, err)
			}
			serves(t, a)
		})
	}
}

// serves does what a run asks an Admin for.
func serves(t *testing.T, a *Admin) {
	t.Helper()
	ctx := t.Context()
	if _, err := a.Stats(ctx); err != nil {
		t.Error(err)
	}
	if err := a.Room(ctx, 1<<20); err != nil {
		t.Error(err)
	}
	if err := a.Load(ctx, 1, func(int) (string, []byte) { return "respbench:x:0", nil }, nil); err != nil {
		t.Error(err)
	}
	if err := a.SetAlive(ctx, "respbench:x:alive", time.Minute); err != nil {
		t.Error(err)
	}
	if ttl, exists, err := a.TTL(ctx, "respbench:x:alive"); ttl <= 0 || !exists || err != nil {
		t.Errorf("TTL %v, %t, %v", ttl, exists, err)
	}
	if ttl, exists, err := a.TTL(ctx, "respbench:x:0"); ttl != 0 || !exists || err != nil {
		t.Errorf("TTL of a key without: %v, %t, %v", ttl, exists, err)
	}
	if n, err := a.Delete(ctx, "respbench:x:alive", "respbench:x:0"); n != 2 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	if _, exists, err := a.TTL(ctx, "respbench:x:0"); exists || err != nil {
		t.Errorf("still there: %t, %v", exists, err)
	}
}

func TestOthers(t *testing.T) {
	access := start(t, "").Access
	command(t, access, "ACL", "SETUSER", "blind", "on", ">SECRET", "~*", "+@all", "-client")
	blind := access
	blind.Username, blind.Password = "blind", "SECRET"
	other := dialled(t, &redis.Options{Addr: access.Addrs[0]})
	other.id(t)
	for _, access := range []results.Access{access, blind} {
		a := remote(t, access)
		if stats, err := a.Stats(t.Context()); err != nil || *stats.Others != 1 {
			t.Errorf("%d others, %v", *stats.Others, err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
	if stats, err := remote(t, access).Stats(t.Context()); err != nil || *stats.Others != 0 {
		t.Errorf("%d others alone, %v", *stats.Others, err)
	}
}

func TestKeysOfStandalone(t *testing.T) {
	access := limited(t)
	open := access
	open.Username, open.Password = "", ""
	command(t, open, "MSET", "respbench:a:1", "v", "other", "v", "respbench:b:1", "v")
	got := scanned(t, remote(t, open), "respbench:a:*")
	if len(got) != 1 || !got["respbench:a:1"] {
		t.Errorf("got %v", got)
	}
	err := remote(t, access).Keys(t.Context(), "*", func([]string) error { return nil })
	wantProblem(t, err, "noperm", "does not let this user run SCAN: grant it")
}

func TestSlotOf(t *testing.T) {
	for key, want := range map[string]int64{"123456789": 12739, "foo": 12182, "": 0} {
		if got := slotOf(key); got != want {
			t.Errorf("slot of %q is %d, want %d", key, got, want)
		}
	}
}
