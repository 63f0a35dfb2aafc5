package all_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"strings"
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/clientstest"
	"respbench.dev/respbench/internal/servertest"
)

const sixteenBytes clients.Value = "0123456789abcdef"

// depth is how many pairs an explicit flush has.
const depth = 16

// A subject is a variant at a server that nobody else uses.
type subject struct {
	variant clients.Variant
	server  *servertest.Server // with TLS, too
}

// observe fills the cells of what one server can show.
func observe(t *testing.T, r *row) {
	s := subject{r.variant, servertest.Start(t, servertest.Options{TLS: true})}
	for _, o := range []struct {
		column int
		look   func(*testing.T) cell
	}{
		{shares, s.shares},
		{pipelining, s.pipelines},
		{cache, s.caches},
		{tlsOwnCA, s.worksOverTLS},
		{resp3, s.speaksRESP3},
		{unixSocket, s.worksOverUnixSocket},
		{contexts, s.honoursContexts},
		{dialsOfOne, func(t *testing.T) cell { return s.dials(t, 1) }},
		{dialsOfMany, func(t *testing.T) cell { return s.dials(t, 100) }},
	} {
		t.Run(titles[o.column], func(t *testing.T) { r.cells[o.column] = o.look(t) })
	}
	for column, claimed := range map[int]bool{
		shares: r.variant.Shares, pipelining: r.variant.Has.Pipeline, cache: r.variant.Has.Cache,
	} {
		if seen := r.cells[column]; seen != yesIf(claimed) {
			t.Errorf("%s: the variant says %v, seen was %q", titles[column], claimed, seen.text)
		}
	}
}

func observeCluster(t *testing.T, rows []row) {
	c := servertest.StartCluster(t)
	to := clientstest.Target("", 1)
	to.Mode, to.Addrs = clients.Cluster, c.Addrs[:1]
	keys := keysOfMasters(t, c)
	for i := range rows {
		t.Run(rows[i].name, func(t *testing.T) { rows[i].cells[cluster] = works(t, rows[i].variant, to, keys...) })
	}
}

// keysOfMasters has one for each.
func keysOfMasters(t *testing.T, c *servertest.Cluster) (keys []string) {
	t.Helper()
	masters, seen := len(c.Masters(t)), map[*servertest.Server]bool{}
	for i := 0; len(keys) < masters; i++ {
		key := fmt.Sprint("key-", i)
		if master := c.MasterOf(t, c.Slot(t, key)); !seen[master] {
			seen[master] = true
			keys = append(keys, key)
		}
	}
	return keys
}

func observeSentinel(t *testing.T, rows []row) {
	s := servertest.StartSentinel(t)
	to := clientstest.Target("", 1)
	to.Mode, to.Addrs, to.Master = clients.Sentinel, s.Addrs, servertest.MasterName
	for i := range rows {
		t.Run(rows[i].name, func(t *testing.T) { rows[i].cells[sentinel] = works(t, rows[i].variant, to, "key") })
	}
}

// works sets and gets the keys, unless the variant says that it cannot; it may
// also say that explicit pipelines cannot. The session stays open as long as the
// test.
func works(t *testing.T, v clients.Variant, to clients.Target, keys ...string) cell {
	t.Helper()
	to.Depth = 0
	if reason := refusal(v, to); reason != "" {
		return cell{no.text, reason}
	}
	session := clientstest.Session(t, clientstest.Open(t, v, to))
	for _, key := range keys {
		if err := clientstest.SetGet(context.Background(), session, key, sixteenBytes); err != nil {
			t.Fatal(err)
		}
	}
	to.Depth = depth
	return cell{yes.text, refusal(v, to)}
}

// refusal is why a variant cannot serve a target, or empty.
func refusal(v clients.Variant, to clients.Target) string {
	if v.Reaches == nil {
		return ""
	}
	if err := v.Reaches(to); err != nil {
		return err.Error()
	}
	return ""
}

func (s subject) worksOverTLS(t *testing.T) cell {
	to := clientstest.Target(s.server.Addr, 1)
	conf := &tls.Config{RootCAs: clientstest.CertPool(t, s.server.Certs.CA)}
	to.Dialer = clients.NewDialer("tcp", to.ConnectTimeout, conf)
	return works(t, s.variant, to, "key")
}

func (s subject) worksOverUnixSocket(t *testing.T) cell {
	to := clientstest.Target(s.server.Socket, 1)
	to.Dialer = clients.NewDialer("unix", to.ConnectTimeout, nil)
	return works(t, s.variant, to, "key")
}

// speaksRESP3 asks the server what is spoken on the connections dialled.
func (s subject) speaksRESP3(t *testing.T) cell {
	to := clientstest.Target(s.server.Plain, 1)
	to.RESP = 3
	if c := works(t, s.variant, to, "key"); c.text != yes.text {
		return c
	}
	ours, spoken := to.Dialer.Ends(), 0
	for _, line := range s.server.Clients(t) {
		_, addr, _ := strings.Cut(line, " addr=")
		addr, _, _ = strings.Cut(addr, " ")
		if _, own := ours[addr]; !own {
			continue
		}
		if !strings.Contains(line+" ", " resp=3 ") {
			return no
		}
		spoken++
	}
	return yesIf(spoken > 0)
}
