package doctor

import (
	"context"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
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
		return unknown(code, "see whether it is this machine: a container on it has an address of its own", "where the server runs could not be found out")
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

// A view is what a client knows of its own place.
type view struct {
	own       []net.Addr // with their networks
	contained bool       // what is beside us on this machine has other addresses
}

// Locate tells where the server of an access is. One of several that is here
// makes it Here. An address that is not ours may still be of this machine: of a
// container on it, or of the host that we are in a container of. So only what is
// beyond our networks is Elsewhere. Behind a proxy or a forwarded port it is
// where that is.
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
	from, at := view{own, contained(os.DirFS("/"))}, Elsewhere
	for _, address := range access.Addrs {
		switch from.locate(ctx, address) {
		case Here:
			return Here
		case Unclear:
			at = Unclear
		}
	}
	return at
}

func (v view) locate(ctx context.Context, address string) Place {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return Unclear
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(found) == 0 {
		return Unclear
	}
	at := Elsewhere
	for _, ip := range found {
		switch v.of(ip.Unmap().WithZone("")) {
		case Here:
			return Here
		case Unclear:
			at = Unclear
		}
	}
	return at
}

func (v view) of(ip netip.Addr) Place {
	at := Elsewhere
	if v.contained {
		at = Unclear
	}
	if ip.IsLoopback() || ip.IsUnspecified() {
		return Here
	}
	for _, a := range v.own {
		prefix, err := netip.ParsePrefix(a.String())
		switch {
		case err != nil:
		case prefix.Addr().Unmap() == ip:
			return Here
		case prefix.Contains(ip):
			at = Unclear
		}
	}
	return at
}

// containerMarks are files that engines leave in their containers.
var containerMarks = []string{".dockerenv", "run/.containerenv", "run/systemd/container", "var/run/secrets/kubernetes.io"}

// contained reports whether we are in a container, also by its root, which is
// an overlay.
func contained(files fs.FS) bool {
	mounts, _ := fs.ReadFile(files, "proc/self/mountinfo")
	for line := range strings.Lines(string(mounts)) {
		mount, source, _ := strings.Cut(line, " - ")
		at := strings.Fields(mount)
		if kind, _, _ := strings.Cut(source, " "); len(at) > 4 && at[4] == "/" && strings.Contains(kind, "overlay") {
			return true
		}
	}
	return slices.ContainsFunc(containerMarks, func(mark string) bool {
		_, err := fs.Stat(files, mark)
		return err == nil
	})
}
