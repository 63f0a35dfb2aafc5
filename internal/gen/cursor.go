package gen

import "unsafe"

// A Cursor goes through the keys that one worker owns, over and over: worker w
// of W owns the keys i with i mod W = w.
type Cursor struct {
	keys          *Keys
	first, stride int
	next, pass    int

	// Where the name of the next key is. Names of as many digits lie equally
	// far apart, so that a place follows from the one before, up to key same.
	start, length, apart, same int
}

// Cursor returns that of a worker. There must be at least as many keys as
// workers.
func (k *Keys) Cursor(worker, workers int) Cursor {
	c := Cursor{keys: k, first: worker, stride: workers, next: worker}
	c.find()
	return c
}

// Next returns the next key, its name, and which pass over the keys this is,
// from 0.
func (c *Cursor) Next() (key int, name string, pass int) {
	key, pass = c.next, c.pass
	name = unsafe.String(&c.keys.block[c.start], c.length)
	c.next += c.stride
	c.start += c.apart
	if c.next >= c.same {
		c.find()
	}
	return key, name, pass
}

// find looks up the next key's place, which is the first one's after the last.
func (c *Cursor) find() {
	if c.next >= c.keys.count {
		c.next = c.first
		c.pass++
	}
	c.start, c.length = c.keys.place(c.next)
	c.apart = c.stride * c.length
	c.same = int(min(uint64(c.keys.count), powers[c.length-c.keys.prefix]))
}
