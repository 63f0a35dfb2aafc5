package clients

import "strings"

// Capabilities are the optional interfaces of a variant's sessions. Pool is also
// that of a variant whose client is a PoolReporter.
type Capabilities struct {
	Pipeline    bool // Pipeliner
	Count       bool // Counter
	Command     bool // Commander
	Transaction bool // Transactor
	Listen      bool // Listener
	Pool        bool // Pooler
	Cache       bool // Cacher
}

// CapabilitiesOf are those that a session really has.
func CapabilitiesOf(s Session) Capabilities {
	var c Capabilities
	_, c.Pipeline = s.(Pipeliner)
	_, c.Count = s.(Counter)
	_, c.Command = s.(Commander)
	_, c.Transaction = s.(Transactor)
	_, c.Listen = s.(Listener)
	_, c.Pool = s.(Pooler)
	_, c.Cache = s.(Cacher)
	return c
}

// Lacks names what needs asks for and c does not have, or is empty.
func (c Capabilities) Lacks(needs Capabilities) string {
	var missing []string
	for _, one := range []struct {
		needed, has bool
		name        string
	}{
		{needs.Pipeline, c.Pipeline, "explicit pipelining"},
		{needs.Count, c.Count, "counting"},
		{needs.Command, c.Command, "any command"},
		{needs.Transaction, c.Transaction, "transactions"},
		{needs.Listen, c.Listen, "subscriptions"},
		{needs.Pool, c.Pool, "a pool of connections"},
		{needs.Cache, c.Cache, "a client-side cache"},
	} {
		if one.needed && !one.has {
			missing = append(missing, one.name)
		}
	}
	return strings.Join(missing, ", ")
}
