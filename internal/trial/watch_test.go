package trial

import (
	"crypto/tls"
	"net/http/httptest"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/results"
)

// Connections that came about after a beat are told with the next.
func TestNewEnds(t *testing.T) {
	greeted, held := make(chan struct{}), make(chan struct{})
	l := httptest.NewUnstartedServer(nil)
	l.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		close(greeted)
		<-held
		return nil, nil
	}}
	l.StartTLS()
	t.Cleanup(l.Close)

	d := clients.NewDialer("tcp", 10*time.Second, &tls.Config{InsecureSkipVerify: true})
	x := &execution{dialer: d}
	x.spec.Point.Disturb = results.KillClients + "@1s"
	dialled := make(chan error, 1)
	go func() {
		conn, err := d.Dial(t.Context(), l.Listener.Addr().String())
		if err == nil {
			defer conn.Close()
		}
		dialled <- err
	}()
	<-greeted
	if ends := x.newEnds(); len(ends) != 0 {
		t.Errorf("told %v before it was connected", ends)
	}
	close(held)
	if err := <-dialled; err != nil {
		t.Fatal(err)
	}
	if ends := x.newEnds(); len(ends) != 1 {
		t.Errorf("told %v of one connection", ends)
	}
	if ends := x.newEnds(); ends != nil {
		t.Errorf("told %v twice", ends)
	}
}
