package server

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"respbench.dev/respbench/results"
)

const (
	standalone  = "standalone" // the only mode of results.Access that there is yet
	defaultHost = "localhost"
	defaultPort = "6379"
)

// plannedSchemes are the usual ones that there is no support for yet.
var plannedSchemes = []string{"rediss", "redis+sentinel", "redis+cluster"}

const schemeChoices = "have redis://, unix://"

// ParseURL reads redis://[user[:password]@]host[:port][/db] or
// unix://[user[:password]@]/path[?db=n]. Host, port and db default to
// localhost, 6379 and 0. No error contains any part of the URL that may hold a
// password.
func ParseURL(text string) (results.Access, error) {
	scheme, _, ok := strings.Cut(text, "://")
	switch {
	case !ok:
		return results.Access{}, errors.New("server URL has no scheme; " + schemeChoices)
	case slices.Contains(plannedSchemes, scheme):
		return results.Access{}, fmt.Errorf("server URL: %s:// is not supported; %s", scheme, schemeChoices)
	case scheme != "redis" && scheme != "unix":
		return results.Access{}, errors.New("server URL has an unknown scheme; " + schemeChoices)
	}
	u, err := url.Parse(text)
	if err != nil || u.Fragment != "" { // err would quote the URL
		return results.Access{}, errors.New(`server URL is malformed; want redis://[user[:password]@]host[:port][/db] or unix:///path[?db=n], with special characters of user and password written as %XX`)
	}
	if scheme == "unix" {
		return unixAccess(u)
	}
	return tcpAccess(u)
}

func tcpAccess(u *url.URL) (results.Access, error) {
	access := withUser(u)
	host, port := u.Hostname(), u.Port()
	if host == "" {
		host = defaultHost
	}
	if port == "" {
		port = defaultPort
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return results.Access{}, errors.New("server URL: the port must be from 1 to 65535")
	}
	access.Network, access.Addrs = "tcp", []string{net.JoinHostPort(host, port)}
	if u.RawQuery != "" {
		return results.Access{}, errors.New("server URL: redis:// takes no ?parameters; the database comes as /db")
	}
	return withDB(access, strings.Trim(u.Path, "/"))
}

func unixAccess(u *url.URL) (results.Access, error) {
	access := withUser(u)
	if u.Host != "" || len(u.Path) < 2 {
		return results.Access{}, errors.New("server URL: unix:// needs an absolute path: unix:///path")
	}
	access.Network, access.Addrs = "unix", []string{u.Path}
	query, err := url.ParseQuery(u.RawQuery)
	if db := query["db"]; err != nil || len(query) > len(db) || len(db) > 1 {
		return results.Access{}, errors.New("server URL: unix:// takes ?db=n and no other parameter")
	}
	return withDB(access, query.Get("db"))
}

func withUser(u *url.URL) results.Access {
	password, _ := u.User.Password()
	return results.Access{Mode: standalone, Username: u.User.Username(), Password: password}
}

func withDB(access results.Access, text string) (results.Access, error) {
	if text == "" {
		return access, nil
	}
	db, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return results.Access{}, errors.New("server URL: the database must be a number")
	}
	access.DB = int(db)
	return access, nil
}
