package embedded

import (
	"bytes"
	"math"
)

// setOptions are the options of one SET.
type setOptions struct {
	onlyNew, onlyOld bool // NX, XX
	get, keepTTL     bool
	deadline         deadline
}

// A deadline is an expiry as it was given.
type deadline struct {
	given    []byte // nil: none
	seconds  bool   // else milliseconds
	absolute bool   // a Unix time, else from now on
}

// set is SET. Without options, the common case, it looks nothing else up.
func set(c *conn, args [][]byte) {
	key, value := args[1], args[2]
	if len(args) == 3 {
		s := c.lock(key)
		s.dbs[c.db].put(key, value, 0)
		c.unlock(s)
		c.ok()
		return
	}
	opts, ok := parseSet(args[3:])
	if !ok {
		c.fail(errSyntax)
		return
	}
	var expires int64
	if opts.deadline.given != nil {
		var problem string
		if expires, problem = opts.deadline.millis("set"); problem != "" {
			c.fail(problem)
			return
		}
	}
	c.setWith(key, value, opts, expires)
}

func (c *conn) setWith(key, value []byte, opts setOptions, expires int64) {
	s := c.lock(key)
	defer c.unlock(s)
	e := s.find(c.db, key)
	if opts.get {
		c.reply(s.look(c.db, key))
	}
	refused := opts.onlyNew && e != nil || opts.onlyOld && e == nil
	if !refused {
		if opts.keepTTL && e != nil {
			expires = e.expires
		}
		s.dbs[c.db].put(key, value, expires)
	}
	switch {
	case opts.get:
	case refused:
		c.null()
	default:
		c.ok()
	}
}

func parseSet(args [][]byte) (opts setOptions, ok bool) {
	for i := 0; i < len(args); i++ {
		var next []byte
		if i+1 < len(args) {
			next = args[i+1]
		}
		timed := opts.deadline.given != nil
		switch word := args[i]; {
		case is(word, "nx") && !opts.onlyOld:
			opts.onlyNew = true
		case is(word, "xx") && !opts.onlyNew:
			opts.onlyOld = true
		case is(word, "get"):
			opts.get = true
		case is(word, "keepttl") && !timed:
			opts.keepTTL = true
		case next != nil && !timed && !opts.keepTTL && opts.deadline.parse(word, next):
			i++
		default:
			return opts, false
		}
	}
	return opts, true
}

// parse takes one of EX, PX, EXAT and PXAT with its number.
func (d *deadline) parse(word, number []byte) bool {
	switch {
	case is(word, "ex"):
		*d = deadline{given: number, seconds: true}
	case is(word, "px"):
		*d = deadline{given: number}
	case is(word, "exat"):
		*d = deadline{given: number, seconds: true, absolute: true}
	case is(word, "pxat"):
		*d = deadline{given: number, absolute: true}
	default:
		return false
	}
	return true
}

// millis is the deadline as a Unix time in milliseconds, or what is wrong
// with it. A deadline of SET must lie after the epoch.
func (d deadline) millis(command string) (at int64, problem string) {
	n, ok := parseInt(d.given)
	if !ok {
		return 0, errNotInteger
	}
	if n <= 0 {
		return 0, invalidExpire(command)
	}
	return d.resolve(n, command)
}

// resolve turns the number of a deadline into a Unix time in milliseconds.
func (d deadline) resolve(n int64, command string) (at int64, problem string) {
	if d.seconds {
		if n > math.MaxInt64/1000 || n < math.MinInt64/1000 {
			return 0, invalidExpire(command)
		}
		n *= 1000
	}
	if d.absolute {
		return n, ""
	}
	now := nowMillis()
	if n > math.MaxInt64-now {
		return 0, invalidExpire(command)
	}
	return now + n, ""
}

func invalidExpire(command string) string {
	return "ERR invalid expire time in '" + command + "' command"
}

// is compares a word of a command with its lower-case name.
func is(word []byte, name string) bool {
	return len(word) == len(name) && bytes.EqualFold(word, []byte(name))
}
