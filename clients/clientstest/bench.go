package clientstest

import (
	"context"
	"errors"
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

// Benchmark measures one set+get of 16 bytes with each variant of lib.
func Benchmark(b *testing.B, lib clients.Library) {
	const key = "benchmark"
	s := startReal(b, servertest.Redis)
	for _, v := range lib.Variants {
		b.Run(v.Name, func(b *testing.B) {
			session := subject{v, s}.alone(b, Target(s.addr, 1))
			value := text("0123456789abcdef")
			ctx := context.Background()
			var reply clients.Reply // one for all calls, as a scenario has it
			b.ReportAllocs()
			for b.Loop() {
				if err := errors.Join(session.Set(ctx, key, value), session.Get(ctx, key, &reply)); err != nil {
					b.Fatal(err)
				}
				if err := reply.Check(key, value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
