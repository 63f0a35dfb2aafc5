package doctor

import (
	"context"
	"net"
	"net/netip"
	"time"

	"respbench.dev/respbench/results"
)

// A Place is where a server runs, seen from the client.
type Place int

// Places of a server.
const (
	Unclear   Place = iota // its host could not be found out
	Elsewhere              // on another host
	Here                   // on this one, started by others
	Ours                   // on this one, started by us
)

// SharedCores is about a client and a server that take each other's CPU time;
// pinned is whether one of ours has CPUs of its own, of those that we may use.
func SharedCores(subject string, at Place, cpus int, pinned bool) results.Finding {
	return about(subject, sharedCores(at, cpus, pinned))[0]
}

func sharedCores(at Place, cpus int, pinned bool) results.Finding {
	const code, another = "shared-cores", "run the server on another host, or measure on a machine with more CPUs"
	const pin = "pin it and the client apart (taskset; --pin client=CPUS), or run it on another host"
	switch {
	case at == Unclear:
		return unknown(code, "see whether it is this machine", "where the server runs could not be found out")
	case at == Elsewhere:
		return fine(code, "the server is on another host")
	case cpus < 2:
		return problem(code, another, "client and server take turns on one CPU")
	case at == Here:
		return note(code, pin, "the server runs on this machine, and nothing keeps it off the client's CPUs")
	case !pinned:
		return note(code, another, "a server that is started here may run on the client's CPUs, too, of %d", cpus)
	}
	return fine(code, "a server that is started here has CPUs of its own, of %d", cpus)
}

// lookupTime bounds the question for a host's addresses.
const lookupTime = 100 * time.Millisecond

// Locate tells where the server of an access is. One of several that is here
// makes it Here. Behind a proxy or a forwarded port it is where that is.
func Locate(ctx context.Context, access results.Access) Place {
	switch {
	case access.Network == "unix":
		return Here
	case access.Mode == results.Sentinel: // the addresses are not the server's
		return Unclear
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	own, err := net.InterfaceAddrs()
	if err != nil {
		return Unclear
	}
	at := Elsewhere
	for _, address := range access.Addrs {
		switch locate(ctx, address, own) {
		case Here:
			return Here
		case Unclear:
			at = Unclear
		}
	}
	return at
}

func locate(ctx context.Context, address string, own []net.Addr) Place {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return Unclear
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(found) == 0 {
		return Unclear
	}
	for _, ip := range found {
		if ip = ip.Unmap().WithZone(""); ip.IsLoopback() || ip.IsUnspecified() || isOwn(ip, own) {
			return Here
		}
	}
	return Elsewhere
}

func isOwn(ip netip.Addr, own []net.Addr) bool {
	for _, a := range own {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil && prefix.Addr().WithZone("").Unmap() == ip {
			return true
		}
	}
	return false
}
