package gen

import "math/bits"

// random is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
// number generators", OOPSLA 2014).
type random uint64

const golden = 0x9e3779b97f4a7c15 // 2^64 over the golden ratio

// newRandom makes that of one worker.
func newRandom(seed uint64, worker int) random {
	return random(mix(mix(seed) + uint64(worker)))
}

func (r *random) next() uint64 {
	*r += golden
	return finish(uint64(*r))
}

// below is uniform, but for a bias of n in 2^64.
func (r *random) below(n uint64) uint64 {
	above, _ := bits.Mul64(r.next(), n)
	return above
}

// mix is a bijection whose results look random for numbers in a row.
func mix(x uint64) uint64 { return finish(x + golden) }

func finish(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
