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
	sizes   Sizes
	written []byte
	loaded  []byte
	seed    uint64
}

// NewValues makes values of size bytes for a run's data seed.
func NewValues(seed uint64, size int) *Values {
	return NewSizedValues(seed, Sizes{least: size, most: size})
}

// NewSizedValues makes values whose sizes follow from the key and the seed.
func NewSizedValues(seed uint64, sizes Sizes) *Values {
	most := sizes.Max()
	random := rand.New(rand.NewPCG(seed, uint64(most)))
	return &Values{
		sizes: sizes, seed: scatter(seed),
		written: newBlock(random, most, 0),
		loaded:  newBlock(random, most, loadedBit),
	}
}

// loadedBit is in each byte that the loader writes.
const loadedBit = 0x80

// The low four bits of successive bytes are step apart, so that a place modulo
// 16 is inverseStep times its byte.
const (
	step        = 7
	inverseStep = 7 // 7 x 7 = 3 x 16 + 1
)

func newBlock(random *rand.Rand, size int, high byte) []byte {
	b := make([]byte, offsets+Passes+size)
	for i := range b {
		b[i] = high | byte(random.Uint32())&0x70 | byte(i*step)&0x0f
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
	return w.slice(w.written, offset(key, w.trial)+int(uint(pass)%Passes), key)
}

// Loaded is what the loader wrote to a key.
func (v *Values) Loaded(key int) string {
	return v.slice(v.loaded, offset(key, v.seed), key)
}

// Size is how long each value of a key is, in bytes.
func (v *Values) Size(key int) int {
	if v.sizes.Fixed() {
		return v.sizes.most
	}
	return v.sizes.at(mix(uint64(key) ^ v.seed))
}

// Pass is the only pass, below Passes, on which the trial may have written
// value to a key, as far as its first byte tells: compare with Written.
func (w Writer) Pass(key int, value string) int {
	if value == "" {
		return 0
	}
	place := int(value[0]) * inverseStep // in the block, modulo Passes
	return (place - offset(key, w.trial)) & (Passes - 1)
}

// Candidate is the only value that a key may hold that begins as value does,
// if nobody but the loader and the trial writes to it.
func (w Writer) Candidate(key int, value string) string {
	if value != "" && value[0]&loadedBit != 0 {
		return w.Loaded(key)
	}
	return w.Written(key, w.Pass(key, value))
}

// Held reports whether value was written to a key by the loader or may have
// been by one of the trials with these seeds. So that a value of another key
// passes, its place in the block must be that of one of the Passes of one of
// the trials, by chance one in a thousand a trial.
func (v *Values) Held(key int, value string, trials []uint64) bool {
	if len(value) != v.Size(key) {
		return false
	}
	if value[0]&loadedBit != 0 {
		return value == v.Loaded(key)
	}
	for _, seed := range trials {
		if w := v.Trial(seed); value == w.Written(key, w.Pass(key, value)) {
			return true
		}
	}
	return false
}

// slice is a string, for a struct of both forms would not fit into registers.
func (v *Values) slice(block []byte, start, key int) string {
	return unsafe.String(&block[start], v.Size(key))
}

// scatter makes near seeds far.
func scatter(seed uint64) uint64 {
	seed ^= seed >> 32
	return seed * 0xd6e8feb86659fd93
}

// offset spreads keys over the block: the highest bits of a product with the
// golden ratio.
func offset(key int, seed uint64) int {
	return int((uint64(key)*golden + seed) >> (64 - offsetBits))
}
