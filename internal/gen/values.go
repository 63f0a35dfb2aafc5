package gen

import (
	"math/rand/v2"
	"unsafe"
)

// Passes is how many values in a row a key gets before they repeat.
const Passes = 16

// A value can start at any of so many places in the block.
const (
	offsetBits = 14
	offsets    = 1 << offsetBits
)

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
		size: size, seed: scatter(seed),
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

// A Writer gives the values that one trial writes.
type Writer struct {
	*Values
	trial uint64
}

// Trial returns the values of a trial's steps.
func (v *Values) Trial(seed uint64) Writer { return Writer{Values: v, trial: scatter(seed)} }

// Written is what the trial writes to a key on its pass: the how many times,
// modulo Passes, that the key was written before.
func (w Writer) Written(key, pass int) string {
	return w.slice(w.written, offset(key, w.trial)+int(uint(pass)%Passes))
}

// Loaded is what the loader wrote to a key.
func (v *Values) Loaded(key int) string {
	return v.slice(v.loaded, offset(key, v.seed))
}

// Size is the length of each value in bytes.
func (v *Values) Size() int { return v.size }

// Held reports whether value, of the size of these values, was written to a
// key by the loader or may have been by one of the trials with these seeds. So
// that a value of another key passes, its place in the block must be that of
// one of the Passes of one of the trials, by chance one in a thousand a trial.
func (v *Values) Held(key int, value string, trials []uint64) bool {
	if value == v.Loaded(key) {
		return true
	}
	for _, seed := range trials {
		w := v.Trial(seed)
		for pass := range Passes {
			if value == w.Written(key, pass) {
				return true
			}
		}
	}
	return false
}

// slice is a string, for a struct of both forms would not fit into registers.
func (v *Values) slice(block []byte, start int) string {
	return unsafe.String(&block[start], v.size)
}

// scatter makes near seeds far.
func scatter(seed uint64) uint64 {
	seed ^= seed >> 32
	return seed * 0xd6e8feb86659fd93
}

// offset spreads keys over the block: the highest bits of a product with the
// golden ratio.
func offset(key int, seed uint64) int {
	return int((uint64(key)*0x9e3779b97f4a7c15 + seed) >> (64 - offsetBits))
}
