package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/internal/server"
)

// takeOver removes what the part of the run that was broken off has left: it
// is written anew, and has to have room only once. It refuses a run that lives.
func (r *Runner) takeOver(ctx context.Context) error {
	if err := r.expectBroken(ctx); err != nil {
		return err
	}
	r.written = len(r.Plan.Datasets)
	r.left = slices.ContainsFunc(r.Plan.Points, r.owns)
	_, err := r.unlink(ctx)
	return err
}

// expectBroken refuses a run that goes on elsewhere, with a copy of the file or
// where files cannot be locked. The mark of one that was killed stands for a
// while; one that lives is connected, too. Where neither may be asked, nothing
// is refused.
func (r *Runner) expectBroken(ctx context.Context) error {
	ttl, stands, err := r.admin.TTL(ctx, gen.AliveKey(r.Header.ID))
	if p, ok := errors.AsType[*server.Problem](err); ok && slices.Contains([]string{"noperm", "unknown-command"}, p.Code) {
		return nil
	}
	if err != nil || !stands {
		return err
	}
	r.awaitQuiet(ctx) // what was just killed may still be about to leave
	stats, err := r.admin.Stats(ctx)
	if err != nil || stats.Others == nil || *stats.Others == 0 {
		return err
	}
	expires := "does not expire"
	if ttl > 0 {
		expires = "expires in " + max(ttl.Round(time.Second), time.Second).String()
	}
	return fmt.Errorf("--resume: run %s may still go on: its mark %s, and %s connected to the server; wait for it, or see who that is",
		r.Header.ID, expires, others(*stats.Others))
}
