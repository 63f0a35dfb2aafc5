package doctor

import (
	"sync"
	"testing"

	"respbench.dev/respbench/internal/servertest"
)

// TestOthersLoad is of what others do now, not of a load that has ended, nor of
// our own questions.
func TestOthersLoad(t *testing.T) { servertest.Each(t, othersLoad) }

func othersLoad(t *testing.T, program string) {
	s := servertest.Start(t, servertest.Options{Program: program})
	other := servertest.Dial(t, "tcp", s.Addr)
	for range 5000 {
		other.Do(t, "SET", "k", "v")
	}
	wantFinding(t, asked(t, s.Addr, "")["other-clients"], isNote, "2 other clients connected")
	stop := make(chan struct{})
	var load sync.WaitGroup
	load.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				_, _ = other.Try("SET", "k", "v")
			}
		}
	})
	defer load.Wait()
	defer close(stop)
	wantFinding(t, asked(t, s.Addr, "")["other-clients"], isProblem, "2 other clients connected, and ")
}
