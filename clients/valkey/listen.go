// Code generated from clients/rueidis by gen_test.go, with -update. DO NOT EDIT.

package valkey

import (
	"context"
	"errors"
	"fmt"

	"github.com/valkey-io/valkey-go"
	"respbench.dev/respbench/clients"
)

// A shared session is one of the client that all use.
type shared struct {
	session
	client *client
}

// Listen takes a connection out of the pool that blocking calls use, or says
// that this has none: the library would wait for one without regard to ctx. It
// unsubscribes after Receive and not in its hook, as the README has it: while
// the hook runs nobody takes messages, so that with more than 16 on their way
// the library would wait for itself.
func (s shared) Listen(ctx context.Context, channel string, ready func(), message func(payload string)) error {
	defer s.client.listening.Add(-1)
	if s.client.listening.Add(1) > int64(s.client.pool) {
		return fmt.Errorf("all %d connections of the pool have listeners: valkey needs as many --conns as there are", s.client.pool)
	}
	alone, release := s.client.c.Dedicate()
	defer release()
	confirmed := valkey.WithOnSubscriptionHook(ctx, func(s valkey.PubSubSubscription) {
		if s.Kind == "subscribe" {
			ready()
		}
	})
	err := alone.Receive(confirmed, alone.B().Subscribe().Channel(channel).Build(), func(m valkey.PubSubMessage) {
		message(m.Message)
	})
	if ctx.Err() == nil {
		if err == nil {
			err = errors.New("the server ended the subscription")
		}
		return err
	}
	// Where the connection is broken there is nothing to unsubscribe from.
	_ = alone.Do(context.Background(), alone.B().Unsubscribe().Channel(channel).Build()).Error()
	return nil
}

var _ clients.Listener = shared{}
