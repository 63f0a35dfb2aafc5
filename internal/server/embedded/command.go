package embedded

import "strings"

// A command is an entry of the command table.
type command struct {
	name    string // lower case; a subcommand is "client|id"
	arity   int    // arguments with the name; negative: at least that many
	handle  func(*conn, [][]byte)
	flags   string // blank separated, as COMMAND shows them
	keys    keyRange
	group   string
	summary string

	open      bool // may be used before AUTH
	immediate bool // runs within MULTI instead of being queued

	subs  map[string]*command
	index int // of counters and tallies
}

// A keyRange says which arguments are keys: first, last (negative: from the
// end) and step. All zero: none.
type keyRange struct{ first, last, step int }

var (
	oneKey    = keyRange{1, 1, 1}
	allKeys   = keyRange{1, -1, 1}
	otherKeys = keyRange{1, -1, 2}
)

func (c *command) accepts(args int) bool {
	if c.arity < 0 {
		return args >= -c.arity
	}
	return args == c.arity
}

// commandList is the command table.
func commandList() []*command {
	return append(connectionCommands(), append(serverCommands(), append(stringCommands(), keyCommands()...)...)...)
}

func connectionCommands() []*command {
	return []*command{
		{name: "ping", arity: -1, handle: ping, flags: "fast", group: "connection", summary: "Ping the server"},
		{name: "echo", arity: 2, handle: echo, flags: "fast", group: "connection", summary: "Echo the given string"},
		{name: "select", arity: 2, handle: selectDB, flags: "loading stale fast", group: "connection", summary: "Change the selected database"},
		{name: "auth", arity: -2, handle: auth, flags: "noscript loading stale fast no_auth", group: "connection", summary: "Authenticate the connection", open: true},
		{name: "hello", arity: -1, handle: hello, flags: "noscript loading stale fast no_auth", group: "connection", summary: "Handshake: protocol version, authentication, name", open: true},
		{name: "quit", arity: -1, handle: quit, flags: "noscript loading stale fast no_auth", group: "connection", summary: "Close the connection", open: true, immediate: true},
		{name: "multi", arity: 1, handle: multi, flags: "noscript loading stale fast", group: "transactions", summary: "Begin a transaction", immediate: true},
		{name: "exec", arity: 1, handle: execute, flags: "noscript loading stale skip_slowlog", group: "transactions", summary: "Run the transaction", immediate: true},
		{name: "discard", arity: 1, handle: discard, flags: "noscript loading stale fast", group: "transactions", summary: "Forget the transaction", immediate: true},
		{name: "client", arity: -2, group: "connection", summary: "A container for client commands", subs: subs(
			&command{name: "client|id", arity: 2, handle: clientID, flags: "noscript loading stale", group: "connection", summary: "Number of this connection"},
			&command{name: "client|getname", arity: 2, handle: clientGetName, flags: "noscript loading stale", group: "connection", summary: "Name of this connection"},
			&command{name: "client|setname", arity: 3, handle: clientSetName, flags: "noscript loading stale", group: "connection", summary: "Name this connection"},
			&command{name: "client|setinfo", arity: 4, handle: clientSetInfo, flags: "noscript loading stale", group: "connection", summary: "Tell the client library's name or version"},
			&command{name: "client|list", arity: -2, handle: clientList, flags: "admin noscript loading stale", group: "connection", summary: "What the server knows of all connections"},
			&command{name: "client|kill", arity: -3, handle: clientKill, flags: "admin noscript loading stale", group: "connection", summary: "Close connections"},
			&command{name: "client|pause", arity: -3, handle: clientPause, flags: "admin noscript loading stale", group: "connection", summary: "Hold commands up for a time"},
			&command{name: "client|unpause", arity: 2, handle: clientUnpause, flags: "admin noscript loading stale", group: "connection", summary: "End a pause"},
			&command{name: "client|info", arity: 2, handle: clientInfo, flags: "noscript loading stale", group: "connection", summary: "What the server knows of this connection"},
		)},
	}
}

func serverCommands() []*command {
	return []*command{
		{name: "command", arity: -1, handle: commandAll, flags: "loading stale", group: "server", summary: "The commands of this server", subs: subs(
			&command{name: "command|count", arity: 2, handle: commandCount, flags: "loading stale", group: "server", summary: "How many commands there are"},
			&command{name: "command|docs", arity: -2, handle: commandDocs, flags: "loading stale", group: "server", summary: "What commands do"},
			&command{name: "command|info", arity: -2, handle: commandInfo, flags: "loading stale", group: "server", summary: "Arity and keys of commands"},
			&command{name: "command|list", arity: 2, handle: commandNames, flags: "loading stale", group: "server", summary: "Names of the commands"},
		)},
		{name: "info", arity: -1, handle: info, flags: "loading stale", group: "server", summary: "Facts and statistics about the server"},
		{name: "config", arity: -2, group: "server", summary: "A container for configuration commands", subs: subs(
			&command{name: "config|get", arity: -3, handle: configGet, flags: "admin noscript loading stale", group: "server", summary: "Effective settings"},
		)},
		{name: "dbsize", arity: 1, handle: dbSize, flags: "readonly fast", group: "server", summary: "Number of keys in the database"},
		{name: "flushdb", arity: -1, handle: flushDB, flags: "write", group: "server", summary: "Remove all keys of the database"},
		{name: "flushall", arity: -1, handle: flushAll, flags: "write", group: "server", summary: "Remove all keys of all databases"},
	}
}

func stringCommands() []*command {
	return []*command{
		{name: "get", arity: 2, handle: get, flags: "readonly fast", keys: oneKey, group: "string", summary: "Get the value of a key"},
		{name: "set", arity: -3, handle: set, flags: "write denyoom", keys: oneKey, group: "string", summary: "Set the value of a key"},
		{name: "mget", arity: -2, handle: mget, flags: "readonly fast", keys: allKeys, group: "string", summary: "Get the values of several keys"},
		{name: "mset", arity: -3, handle: mset, flags: "write denyoom", keys: otherKeys, group: "string", summary: "Set the values of several keys"},
		{name: "incr", arity: 2, handle: incr, flags: "write denyoom fast", keys: oneKey, group: "string", summary: "Add one to the number at a key"},
	}
}

func keyCommands() []*command {
	return []*command{
		{name: "del", arity: -2, handle: del, flags: "write", keys: allKeys, group: "generic", summary: "Delete keys"},
		{name: "unlink", arity: -2, handle: del, flags: "write fast", keys: allKeys, group: "generic", summary: "Delete keys; the same as DEL here"},
		{name: "exists", arity: -2, handle: exists, flags: "readonly fast", keys: allKeys, group: "generic", summary: "Count the given keys that exist"},
		{name: "expire", arity: -3, handle: expireSeconds, flags: "write fast", keys: oneKey, group: "generic", summary: "Set a key's time to live in seconds"},
		{name: "pexpire", arity: -3, handle: expireMillis, flags: "write fast", keys: oneKey, group: "generic", summary: "Set a key's time to live in milliseconds"},
		{name: "ttl", arity: 2, handle: ttlSeconds, flags: "readonly fast", keys: oneKey, group: "generic", summary: "Get a key's time to live in seconds"},
		{name: "pttl", arity: 2, handle: ttlMillis, flags: "readonly fast", keys: oneKey, group: "generic", summary: "Get a key's time to live in milliseconds"},
		{name: "scan", arity: -2, handle: scan, flags: "readonly", group: "generic", summary: "Iterate over the keys"},
	}
}

// subs makes a container's map, with the HELP that Redis's errors point to.
func subs(list ...*command) map[string]*command {
	parent, _, _ := strings.Cut(list[0].name, "|")
	list = append(list, &command{name: parent + "|help", arity: 2, handle: help, flags: "loading stale", group: list[0].group, summary: "This list"})
	named := make(map[string]*command, len(list))
	for _, cmd := range list {
		_, sub, _ := strings.Cut(cmd.name, "|")
		named[sub] = cmd
	}
	return named
}

// index numbers all commands, subcommands included, and maps the names.
func index(list []*command) (byName map[string]*command, byIndex []*command) {
	byName = make(map[string]*command, len(list))
	add := func(cmd *command) {
		cmd.index = len(byIndex)
		byIndex = append(byIndex, cmd)
	}
	for _, cmd := range list {
		byName[cmd.name] = cmd
		add(cmd)
		for _, sub := range inOrder(cmd.subs) {
			add(sub)
		}
	}
	return byName, byIndex
}

// lookup finds the command of a request. A container without a subcommand is
// itself; with one that does not exist, nil.
func (s *Server) lookup(args [][]byte) *command {
	cmd := named(s.commands, args[0])
	if cmd == nil || cmd.subs == nil || len(args) == 1 {
		return cmd
	}
	return named(cmd.subs, args[1])
}

// named looks a name up whatever its case, without allocating.
func named(table map[string]*command, name []byte) *command {
	var lower [16]byte
	if len(name) > len(lower) {
		return nil
	}
	for i, c := range name {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	return table[string(lower[:len(name)])]
}
