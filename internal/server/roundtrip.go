package server

import (
	"context"
	"time"
)

// RoundTrip is how long the first master takes to answer the shortest question,
// or to refuse it.
func (a *Admin) RoundTrip(ctx context.Context) (time.Duration, error) {
	masters, err := a.masters(ctx)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	err = masters[0].Ping(ctx).Err()
	if took := time.Since(began); err == nil || refusalOf(err) != "" {
		return took, nil
	}
	return 0, masters[0].explain(ctx, "PING", err)
}
