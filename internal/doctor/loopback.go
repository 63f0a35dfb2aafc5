package doctor

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"respbench.dev/respbench/results"
)

// RoundTrips are those of 16 bytes to a neighbour in this process and back, over
// TCP.
type RoundTrips struct {
	N        int
	P50, P99 time.Duration // P99 is 0 with less than a thousand
}

// Bounds of loopback's round trip, which usually takes some 20 us: what a
// server that is started here adds to every step at least.
const (
	noteTrip    = 100 * time.Microsecond
	problemTrip = time.Millisecond // also for a note at p99
)

func (m Machine) loopback(ctx context.Context) results.Finding {
	const code, advice = "loopback", "stop what else runs here; sandboxes and security software slow every packet"
	trips, err := m.Loopback(ctx)
	if err != nil || trips.N == 0 {
		return unknown(code, "see whether connections to 127.0.0.1 are allowed", "a round trip over loopback could not be measured")
	}
	text := fmt.Sprintf("a round trip takes %s (p50)", short(trips.P50))
	if trips.P99 > 0 {
		text = fmt.Sprintf("a round trip takes %s (p50), %s (p99)", short(trips.P50), short(trips.P99))
	}
	switch {
	case trips.P50 > problemTrip:
		return problem(code, advice, "%s", text)
	case trips.P50 > noteTrip || trips.P99 > problemTrip:
		return note(code, advice, "%s", text)
	}
	return fine(code, "%s", text)
}

const (
	tripBytes  = 16
	warmTrips  = 50
	mostTrips  = 2000
	tripsOfP99 = 1000 // ten beyond it
)

// measureLoopback goes on for the time, or until that is enough.
func measureLoopback(ctx context.Context, during time.Duration) (RoundTrips, error) {
	near, far, err := connected(ctx)
	if err != nil {
		return RoundTrips{}, err
	}
	echoed := make(chan struct{})
	go func() {
		defer close(echoed)
		_, _ = io.Copy(far, far)
		_ = far.Close()
	}()
	trips, err := roundTrips(near, during)
	_ = near.Close()
	<-echoed
	return trips, err
}

// patience ends what hangs.
const patience = time.Second

// connected are the two ends of a new connection.
func connected(ctx context.Context) (near, far net.Conn, err error) {
	var listening net.ListenConfig
	l, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
	dialer := net.Dialer{Timeout: patience}
	if near, err = dialer.DialContext(ctx, "tcp", l.Addr().String()); err != nil {
		return nil, nil, err
	}
	if far, err = l.Accept(); err != nil {
		_ = near.Close()
		return nil, nil, err
	}
	deadline := time.Now().Add(patience)
	_ = near.SetDeadline(deadline)
	_ = far.SetDeadline(deadline)
	return near, far, nil
}

func roundTrips(conn net.Conn, during time.Duration) (RoundTrips, error) {
	var took []time.Duration
	message := make([]byte, tripBytes)
	began := time.Now()
	for i := 0; i < warmTrips+mostTrips && (i <= warmTrips || time.Since(began) < during); i++ {
		start := time.Now()
		if _, err := conn.Write(message); err != nil {
			return RoundTrips{}, err
		}
		if _, err := io.ReadFull(conn, message); err != nil {
			return RoundTrips{}, err
		}
		if i >= warmTrips {
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	trips := RoundTrips{N: len(took), P50: took[len(took)/2]}
	if len(took) >= tripsOfP99 {
		trips.P99 = took[len(took)*99/100]
	}
	return trips, nil
}
