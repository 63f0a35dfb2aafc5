package scenarios

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

// A mute client's calls that wait for what others send, and once it is mute its
// cached reads, never return before the release, whatever their context says.
type mute struct {
	*tardy
	mute    atomic.Bool
	release chan struct{}
}

func (m *mute) Session(context.Context) (clients.Session, error) {
	return muteSession{tardySession{m.tardy}, m}, nil
}

type muteSession struct {
	tardySession
	by *mute
}

func (s muteSession) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	if call.Blocks {
		<-s.by.release
		return errBroken
	}
	return pretended(nil, ctx, call, into)
}

func (s muteSession) Listen(_ context.Context, _ string, ready func(), _ func(string)) error {
	ready()
	<-s.by.release
	return nil
}

func (s muteSession) GetCached(ctx context.Context, key string, into *clients.Reply) (bool, error) {
	if s.by.mute.Load() {
		<-s.by.release
	}
	return s.tardySession.GetCached(ctx, key, into)
}

// The end waits a few seconds for calls that hang, closing does not wait again,
// and neither waits longer than its context.
func TestReceiversThatHang(t *testing.T) {
	for name, test := range map[string]struct {
		want    string
		longest time.Duration
	}{
		"queue":         {"receivers still wait for replies", emptying + givingUp},
		"queue-streams": {"receivers still wait for replies", emptying + givingUp},
		"pubsub":        {"receivers still wait for replies", leaving + givingUp},
		"cached":        {"the probe still waits for a reply", probeEnding},
	} {
		for patience, longest := range map[time.Duration]time.Duration{time.Hour: test.longest, time.Second: time.Second} {
			synctest.Test(t, func(t *testing.T) {
				b, release := hanging(t, name)
				defer release()
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				began := time.Now()
				wantErr(t, b.End(ctx), test.want)
				if took := time.Since(began); took > longest {
					t.Errorf("%s: the end took %v of %v", name, took, patience)
				}
				began = time.Now()
				wantErr(t, b.Close(ctx), test.want)
				if took := time.Since(began); took > 0 {
					t.Errorf("%s: closing took %v more", name, took)
				}
			})
		}
	}
}

// hanging is a scenario that has begun, and whose calls hang by now.
func hanging(t *testing.T, name string) (b *Bound, release func()) {
	t.Helper()
	client, s := &mute{tardy: newTardy(0), release: make(chan struct{})}, scenario(t, name)
	load := Load{Workers: 2, Receivers: 2, DataSize: 20, Keyspace: 20, Mix: "get:50,set:50"}
	e := engine.New(engine.Config{Workers: 2, Kinds: 3, Metrics: len(s.Metrics)})
	b, err := s.Prepare(t.Context(), Setup{
		Load: load, Material: s.NewMaterial(run, load, dataSeed, 9), Client: client, Session: client.Session, Sampler: e.Sampler,
	})
	if err != nil {
		t.Fatal(err)
	}
	client.mute.Store(true)
	time.Sleep(100 * time.Millisecond)
	return b, func() {
		close(client.release)
		time.Sleep(time.Second) // until all have ended
	}
}
