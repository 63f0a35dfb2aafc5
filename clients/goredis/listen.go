package goredis

import (
	"context"

	"respbench.dev/respbench/clients"
)

// Listen does not use the library's Channel, which subscribes again by itself
// where a connection breaks: what was published meanwhile would be lost unseen.
// ReceiveMessage tells of it.
func (s session) Listen(ctx context.Context, channel string, ready func(), message func(payload string)) error {
	subscription := s.client.c.Subscribe(ctx, channel)
	end := func() { _ = subscription.Close() } // and with it the connection
	defer end()
	stop := context.AfterFunc(ctx, end) // nothing else ends a wait
	defer stop()
	_, err := subscription.Receive(ctx) // the confirmation
	if err == nil {
		ready()
	}
	for err == nil {
		m, failed := subscription.ReceiveMessage(ctx)
		if err = failed; err == nil && ctx.Err() == nil {
			message(m.Payload)
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

var _ clients.Listener = session{}
