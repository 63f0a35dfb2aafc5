// Package gen makes the keys and values of a run, from seeds, before the clock
// starts, so that the loop takes them without allocating.
package gen

import (
	"math/bits"
	"strconv"
	"unsafe"
)

// Keys are the names of one keyspace: a prefix and a number from 0.
type Keys struct {
	block  []byte // all names, end to end
	prefix int    // length of the prefix
	count  int
}

// NewKeys makes count names. They take count x (length of a name) bytes.
func NewKeys(prefix string, count int) *Keys {
	k := &Keys{prefix: len(prefix), count: count}
	size, _ := k.place(count)
	k.block = make([]byte, 0, size)
	for i := range count {
		k.block = append(k.block, prefix...)
		k.block = strconv.AppendInt(k.block, int64(i), 10)
	}
	return k
}

// Len is how many keys there are.
func (k *Keys) Len() int { return k.count }

// At returns the name of key i.
func (k *Keys) At(i int) string {
	start, length := k.place(i)
	return unsafe.String(&k.block[start], length)
}

// Index is which key a name is of.
func (k *Keys) Index(name string) (i int, ok bool) {
	if len(name) <= k.prefix || name[:k.prefix] != string(k.block[:k.prefix]) {
		return 0, false
	}
	i, err := strconv.Atoi(name[k.prefix:])
	return i, err == nil && i >= 0 && i < k.count
}

// place is where the name of key i is: the names before it differ in length
// only by their digits.
func (k *Keys) place(i int) (start, length int) {
	d := digits(i)
	length = k.prefix + d
	return i*length - shorter[d], length
}

// shorter[d] is how many digits all numbers below 10^(d-1) have less than d
// digits each.
var shorter = func() (sum [20]int) {
	power := 1
	for d := 2; d < len(sum); d++ {
		power *= 10
		sum[d] = sum[d-1] + power
	}
	return sum
}()

var powers = func() (p [20]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// digits is the number of decimal digits of i, 1 for 0.
func digits(i int) int {
	n := uint64(i)
	d := bits.Len64(n|1) * 1233 >> 12 // log10 of a power of two, rounded down
	if n >= powers[d] {
		d++
	}
	return max(d, 1)
}
