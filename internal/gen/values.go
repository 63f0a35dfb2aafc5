package gen

import (
	"math/rand/v2"
	"unsafe"
)

// Passes is how many values in a row a key gets before they repeat.
const Passes = 16

// offsets is how many places in the block a value can start at.
const offsets = 16 << 10

// A Value is one payload, as bytes and as a string over the same memory.
type Value struct {
	Bytes  []byte
	String string
}

// Values are the payloads of a run: slices of a random block. The offset
// follows from key, trial and pass, so that whoever knows these can check a
// value that it did not write.
//
// The low four bits of each byte of the block follow from its place, all
// sixteen of them different in any sixteen neighbours, and the highest bit
// tells the loader's block from the one of the steps. So the values of
// successive passes, and a step's and the loader's, differ at any size from
// one byte on.
type Values struct {
	size    int
	written []byte
	loaded  []byte
	seed    uint64
}

// NewValues makes values of size bytes for a run's data seed.
func NewValues(seed uint64, size int) *Values {
	random := rand.New(rand.NewPCG(seed, uint64(size)))
	return &Values{
		size: size, seed: seed,
		written: newBlock(random, size, 0),
		loaded:  newBlock(random, size, 0x80),
	}
}

func newBlock(random *rand.Rand, size int, high byte) []byte {
	b := make([]byte, offsets+Passes+size)
	for i := range b {
		b[i] = high | byte(random.Uint32())&0x70 | byte(i*7)&0x0f // 7 is odd: a permutation
	}
	return b
}

// Written is what a step of a trial writes to a key on its pass: the how many
// times, modulo Passes, that the key was written before.
func (v *Values) Written(key int, trial uint64, pass int) Value {
	return v.slice(v.written, offset(uint64(key), trial)+pass%Passes)
}

// Loaded is what the loader wrote to a key.
func (v *Values) Loaded(key int) Value {
	return v.slice(v.loaded, offset(uint64(key), v.seed))
}

func (v *Values) slice(block []byte, start int) Value {
	b := block[start : start+v.size : start+v.size]
	return Value{Bytes: b, String: unsafe.String(unsafe.SliceData(b), len(b))}
}

// offset spreads keys over the block.
func offset(key, seed uint64) int {
	x := (key + seed) * 0x9e3779b97f4a7c15
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return int(x>>32) & (offsets - 1)
}
