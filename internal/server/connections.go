package server

import (
	"context"
	"strconv"
	"strings"
)

// A connection is a line of CLIENT LIST.
type connection struct {
	id          int64
	near, far   string // addresses: the server's, empty where it does not say, and the client's
	name, flags string
}

// connections are those of a server; refusal says why they are not known.
func (n node) connections(ctx context.Context) (list []connection, refusal string, err error) {
	text, err := n.ClientList(ctx).Result()
	if refusal := refusalOf(err); refusal != "" {
		return nil, refusal, nil
	}
	for line := range strings.Lines(text) {
		list = append(list, parseConnection(line))
	}
	return list, "", n.explain(ctx, "CLIENT LIST", err)
}

func parseConnection(line string) connection {
	fields := info{}
	for field := range strings.FieldsSeq(line) {
		name, value, _ := strings.Cut(field, "=")
		fields[name] = value
	}
	id, _ := strconv.ParseInt(fields["id"], 10, 64)
	return connection{id: id, near: fields["laddr"], far: fields["addr"], name: fields["name"], flags: fields["flags"]}
}

// isOneOf knows a connection by both ends, the server's by the client's.
func (c connection) isOneOf(ends map[string]string) bool {
	near, found := ends[c.far]
	return found && (c.near == "" || c.near == near)
}

// isPeer knows the connections that servers have among themselves: replicas,
// masters and Sentinels.
func (c connection) isPeer() bool {
	return strings.ContainsAny(c.flags, "SM") || strings.HasPrefix(c.name, "sentinel-")
}

// others are how many clients are connected beside us; nil if the server does
// not say who is connected.
func (a *Admin) others(ctx context.Context, n node) (*int64, error) {
	list, refusal, err := n.connections(ctx)
	if err != nil || refusal != "" {
		return nil, err
	}
	var ours, others int64
	for _, c := range list {
		switch {
		case c.name == a.name:
			ours++
		case !c.isPeer():
			others++
		}
	}
	if ours == 0 { // a server that did not take our name
		others = max(0, others-1)
	}
	return &others, nil
}
