package server

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"respbench.dev/respbench/results"
)

const (
	defaultHost = "localhost"
)

// A scheme is one kind of server URL.
type scheme struct {
	form string // for errors
	mode string
	port string // unless the URL says another
	tls  bool
}

var schemes = map[string]scheme{
	"redis":          {"redis://[user[:password]@]host[:port][/db]", results.Standalone, "6379", false},
	"rediss":         {"rediss://[user[:password]@]host[:port][/db]", results.Standalone, "6379", true},
	"unix":           {"unix://[user[:password]@]/path[?db=n]", results.Standalone, "", false},
	"redis+sentinel": {"redis+sentinel://[user[:password]@]host[:port],host[:port].../master[/db]", results.Sentinel, "26379", false},
	"redis+cluster":  {"redis+cluster://[user[:password]@]host[:port],host[:port]...", results.Cluster, "6379", false},
}

const schemeChoices = "have redis://, rediss://, unix://, redis+sentinel://, redis+cluster://"

// elsewhere are schemes of other programs, and what they are here.
var elsewhere = map[string]string{
	"valkey": "redis://", "valkeys": "rediss://", "redis+ssl": "rediss://", "redis+tls": "rediss://",
	"redis-socket": "unix://", "redis+socket": "unix://", "redis+unix": "unix://",
	"redis-sentinel": "redis+sentinel://", "sentinel": "redis+sentinel://",
	"redis-cluster": "redis+cluster://", "cluster": "redis+cluster://",
	"rediss-sentinel": "redis+sentinel:// with --tls", "rediss+sentinel": "redis+sentinel:// with --tls",
	"rediss-cluster": "redis+cluster:// with --tls", "rediss+cluster": "redis+cluster:// with --tls",
}

// ParseURL reads a URL of one of the schemes. A host is localhost unless it is
// named, a port the usual one, a database 0; user, password and path are
// percent-encoded. No error contains any part of the URL that may hold a
// password.
func ParseURL(text string) (results.Access, error) {
	name, rest, ok := strings.Cut(text, "://")
	name = strings.ToLower(name)
	s, known := schemes[name]
	switch {
	case !ok:
		return results.Access{}, errors.New("server URL has no scheme; " + schemeChoices)
	case !known && elsewhere[name] != "":
		return results.Access{}, fmt.Errorf("server URL: what others write %s:// is %s; %s", name, elsewhere[name], schemeChoices)
	case !known:
		return results.Access{}, errors.New("server URL has an unknown scheme; " + schemeChoices)
	}
	u, ok := split(rest)
	if !ok {
		return results.Access{}, fmt.Errorf("server URL is malformed; want %s, with special characters of user and password written as %%XX", s.form)
	}
	access, err := s.access(u)
	if err != nil {
		return results.Access{}, fmt.Errorf("server URL: %w", err)
	}
	return access, nil
}

// urlParts are what follows a scheme.
type urlParts struct {
	user, password string
	hosts          string // a comma list, as it was written
	path           string
	query          string
	asked          bool // there is a query, if an empty one
}

// split takes a URL apart by hand: package net/url refuses lists of hosts.
func split(text string) (u urlParts, ok bool) {
	if strings.Contains(text, "#") || strings.ContainsFunc(text, unicode.IsControl) {
		return u, false
	}
	text, u.query, u.asked = strings.Cut(text, "?")
	u.hosts = text
	if slash := strings.IndexByte(text, '/'); slash >= 0 {
		u.hosts = text[:slash]
		if u.path, ok = unescape(text[slash:]); !ok {
			return u, false
		}
	}
	at := strings.LastIndexByte(u.hosts, '@')
	if at < 0 {
		return u, true
	}
	user, password, _ := strings.Cut(u.hosts[:at], ":")
	u.hosts = u.hosts[at+1:]
	if u.user, ok = unescape(user); ok {
		u.password, ok = unescape(password)
	}
	return u, ok
}

func unescape(text string) (plain string, ok bool) {
	plain, err := url.PathUnescape(text)
	return plain, err == nil && utf8.ValidString(plain)
}

func (s scheme) access(u urlParts) (results.Access, error) {
	access := results.Access{Mode: s.mode, Network: "tcp", Username: u.user, Password: u.password}
	if s.port == "" {
		return unixAccess(access, u)
	}
	if u.asked {
		return access, errors.New("only unix:// takes ?parameters; want " + s.form)
	}
	var err error
	if access.Addrs, err = s.addresses(u.hosts); err != nil {
		return access, err
	}
	if s.tls {
		access.TLS = &results.TLS{}
	}
	path := strings.Trim(u.path, "/")
	switch s.mode {
	case results.Sentinel:
		return withMaster(access, path)
	case results.Cluster:
		if path != "" && path != "0" {
			return access, errors.New("a cluster has database 0 only; want " + s.form)
		}
		return access, nil
	default:
		return withDB(access, path)
	}
}

func unixAccess(access results.Access, u urlParts) (results.Access, error) {
	if u.hosts != "" || len(u.path) < 2 || strings.Contains(u.path, "\x00") {
		return access, errors.New("unix:// needs an absolute path: unix:///path")
	}
	access.Network, access.Addrs = "unix", []string{u.path}
	query, err := url.ParseQuery(u.query)
	if db := query["db"]; err != nil || len(query) > len(db) || len(db) > 1 {
		return access, errors.New("unix:// takes ?db=n and no other parameter")
	}
	return withDB(access, query.Get("db"))
}

func withDB(access results.Access, text string) (results.Access, error) {
	if text == "" {
		return access, nil
	}
	db, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return access, errors.New("the database must be a number")
	}
	access.DB = int(db)
	return access, nil
}

// withMaster reads master[/db]. The letters are those that Sentinel allows,
// which keeps parts of a password with a slash in it from being taken for one.
func withMaster(access results.Access, path string) (results.Access, error) {
	master, db, _ := strings.Cut(path, "/")
	switch {
	case master == "":
		return access, errors.New("redis+sentinel:// needs the name of the master: redis+sentinel://host[:port],host[:port].../master")
	case strings.ContainsFunc(master, func(r rune) bool { return r > unicode.MaxASCII || !isNameRune(r) }):
		return access, errors.New("the name of a master has letters, digits and . - _ only")
	}
	access.Master = master
	return withDB(access, db)
}

func isNameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".-_", r)
}

// addresses reads host[:port],host[:port]...
func (s scheme) addresses(list string) ([]string, error) {
	hosts := strings.Split(list, ",")
	if len(hosts) > 1 && s.mode == results.Standalone {
		return nil, errors.New("one address is one server; several are redis+sentinel:// or redis+cluster://")
	}
	addresses := make([]string, len(hosts))
	for i, host := range hosts {
		if host == "" && len(hosts) > 1 {
			return nil, errors.New("an address in the list is empty; want " + s.form)
		}
		var err error
		if addresses[i], err = address(host, s.port); err != nil {
			return nil, err
		}
	}
	return addresses, nil
}

var errHost = errors.New("a host is a name or an address, IPv6 in brackets: [::1]:6379")

// address reads host[:port] and gives it as package net wants it.
func address(text, usualPort string) (string, error) {
	text, ok := unescape(text)
	host, port, named := splitAddress(text)
	if !ok || !named {
		return "", errHost
	}
	n, err := strconv.ParseUint(cmp.Or(port, usualPort), 10, 16)
	if err != nil || n == 0 {
		return "", errors.New("the port must be from 1 to 65535")
	}
	return net.JoinHostPort(cmp.Or(host, defaultHost), strconv.FormatUint(n, 10)), nil
}

func splitAddress(text string) (host, port string, ok bool) {
	bracketed, isIPv6 := strings.CutPrefix(text, "[")
	if !isIPv6 {
		host, port, _ = strings.Cut(text, ":")
		return host, port, !strings.ContainsFunc(host, isNoNameRune) && !strings.Contains(port, ":")
	}
	host, port, ok = strings.Cut(bracketed, "]")
	ip, err := netip.ParseAddr(host)
	ok = ok && err == nil && ip.Is6() && !strings.ContainsFunc(ip.Zone(), isNoNameRune)
	return host, strings.TrimPrefix(port, ":"), ok && (port == "" || port[0] == ':')
}

func isNoNameRune(r rune) bool { return !isNameRune(r) }
