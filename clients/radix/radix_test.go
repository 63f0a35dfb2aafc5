package radix

import (
	"testing"

	"respbench.dev/respbench/clients/clientstest"
)

func TestConformance(t *testing.T) { clientstest.Run(t, Library) }

func BenchmarkSync(b *testing.B) { clientstest.Benchmark(b, Library) }
