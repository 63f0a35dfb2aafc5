// Code generated from clients/rueidis by gen_test.go, with -update. DO NOT EDIT.

package valkey

import (
	"context"
	"errors"

	"respbench.dev/respbench/clients"
)

// A poolClient takes a connection of its pool for each command.
type poolClient struct{ *client }

func (c poolClient) Session(context.Context) (clients.Session, error) {
	return poolSession{c.shared()}, nil
}

type poolSession struct{ shared }

// Acquire waits in Dedicate, which knows no context. The library has two pools
// of the same size and making: single commands take connections of one, this
// takes them of the other. Who cannot dial learns it from the first command.
// On a cluster the library would take the connection with the first command,
// of the master of its key, and panic at a key of another slot.
func (s poolSession) Acquire(ctx context.Context) (clients.Session, func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if s.client.mode == clients.Cluster {
		return nil, nil, errors.New("valkey dedicates connections of a cluster to one slot each: take them of one server")
	}
	alone, release := s.client.c.Dedicate()
	return session{alone}, release, nil
}

var _ clients.Pooler = poolSession{}
