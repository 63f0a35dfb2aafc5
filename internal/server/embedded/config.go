package embedded

import (
	"net"
	"strconv"
	"strings"
)

// A setting is one that CONFIG GET shows; none can be changed.
type setting struct{ name, value string }

// settings are those that tools ask for before they measure.
func (s *Server) settings() []setting {
	bind, socket := "", ""
	if addr, ok := s.Addr().(*net.TCPAddr); ok {
		bind = addr.IP.String()
	} else {
		socket = s.Addr().String()
	}
	return []setting{
		{"appendonly", "no"},
		{"bind", bind},
		{"databases", strconv.Itoa(databases)},
		{"io-threads", "1"},
		{"maxmemory", "0"},
		{"maxmemory-policy", "noeviction"},
		{"port", strconv.Itoa(s.port())},
		{"proto-max-bulk-len", "536870912"},
		{"save", ""},
		{"timeout", "0"},
		{"unixsocket", socket},
	}
}

// configGet answers with the settings that match any of the patterns.
func configGet(c *conn, args [][]byte) {
	var found []setting
	for _, s := range c.server.settings() {
		for _, pattern := range args[2:] {
			if matches(strings.ToLower(string(pattern)), s.name) {
				found = append(found, s)
				break
			}
		}
	}
	c.pairs(len(found))
	for _, s := range found {
		c.text(s.name)
		c.text(s.value)
	}
}
