package radix

import (
	"context"
	"errors"

	"github.com/mediocregopher/radix/v4"
	"respbench.dev/respbench/clients"
)

// Listen does not use the library's persistent subscription, which dials again
// by itself: what was published meanwhile would be lost unseen.
func (s shared) Listen(ctx context.Context, channel string, ready func(), message func(payload string)) error {
	err := s.client.listen(ctx, channel, ready, message)
	if ctx.Err() == nil {
		return serverText(err)
	}
	return nil
}

func (c *client) listen(ctx context.Context, channel string, ready func(), message func(string)) error {
	servers, err := c.servers()
	if err != nil || len(servers) == 0 {
		return errors.Join(errors.New("no server to listen to"), err)
	}
	conn, err := c.conns.dial(ctx, "tcp", servers[0])
	if err != nil {
		return err
	}
	subscription := radix.PubSubConfig{}.New(conn)
	defer subscription.Close() // and with it the connection
	if err := c.subscribe(ctx, subscription, conn, channel); err != nil {
		return err
	}
	ready()
	for {
		m, err := subscription.Next(ctx)
		if err != nil {
			return err
		}
		message(string(clients.ValueOf(m.Message)))
	}
}

// subscribe reads the server's word on the subscription, which the library would
// pass over.
func (c *client) subscribe(ctx context.Context, s radix.PubSubConn, under *conn, channel string) error {
	ctx, cancel := context.WithTimeout(ctx, c.most)
	defer cancel()
	if err := s.Subscribe(ctx, channel); err != nil {
		return err
	}
	return under.EncodeDecode(ctx, nil, new(reply))
}

var _ clients.Listener = shared{}
