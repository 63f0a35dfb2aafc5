package redigo

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/gomodule/redigo/redis"
	"respbench.dev/respbench/clients"
)

func listen(ctx context.Context, t clients.Target, channel string, ready func(), message func(string)) error {
	err := listenAlone(ctx, t, channel, ready, message)
	if ctx.Err() == nil {
		return err
	}
	return nil
}

// listenAlone uses a connection that no pool holds. It is closed under the
// library, which allows no Close beside a Receive.
func listenAlone(ctx context.Context, t clients.Target, channel string, ready func(), message func(string)) error {
	var under net.Conn
	conn, err := dialAs(ctx, t, func(ctx context.Context, addr string) (_ net.Conn, err error) {
		under, err = t.Dialer.Dial(ctx, addr)
		return under, err
	})
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = under.Close() })()
	return receiveAll(redis.PubSubConn{Conn: conn}, t.Timeout, channel, ready, message)
}

// receiveAll returns when the connection has ended. Only the server's word on
// the subscription has to come within the time-out.
func receiveAll(c redis.PubSubConn, timeout time.Duration, channel string, ready func(), message func(string)) error {
	if err := c.Subscribe(channel); err != nil {
		return err
	}
	for {
		switch v := c.ReceiveWithTimeout(timeout).(type) {
		case redis.Subscription:
			timeout = 0
			ready()
		case redis.Message:
			message(string(clients.ValueOf(v.Data)))
		case error:
			return v
		default:
			return fmt.Errorf("unexpected message of type %T", v)
		}
	}
}
