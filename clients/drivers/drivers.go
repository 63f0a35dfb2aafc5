// Package drivers holds the source of the drivers that respbench brings along,
// a file each. Interpreters and libraries are the user's.
package drivers

import _ "embed"

// Python is run as python3 -c SOURCE, for redis-py.
//
//go:embed python/driver.py
var Python string

// Node is run as node -e SOURCE, for ioredis, node-redis and iovalkey.
//
//go:embed node/driver.cjs
var Node string
