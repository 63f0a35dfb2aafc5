package gen

import (
	"math"
	"math/bits"
)

// A Distribution is how keys of a key space of one size are picked. Its
// Pickers share it.
type Distribution struct {
	form    form
	keys    uint64
	zipf    zipf
	scatter uint64 // of zipf and hotspot: the key of rank r is r x scatter mod keys
	inverse uint64 // 2^64 over keys
	hits    Share  // of hotspot: of the accesses
	hot     uint64 // how many keys are hot
}

// Over makes the distribution over keys that are numbered from 0. Which of
// them are hot follows from their number alone.
func (p Picks) Over(keys int) *Distribution {
	d := &Distribution{form: p.form, keys: uint64(keys)}
	switch p.form {
	case zipfian, latest:
		d.zipf = newZipf(keys, p.exponent)
	case hotspot:
		d.hot = uint64(min(max(math.Round(p.hot/100*float64(keys)), 1), float64(keys)))
		d.hits = ShareOf(p.hits / 100)
	}
	d.scatter, d.inverse = scattering(d.keys), math.MaxUint64/d.keys
	return d
}

// A Picker picks keys for one worker. It is not safe for concurrent use.
type Picker struct {
	*Distribution
	random       random
	next         uint64 // of sequential
	first, apart uint64
}

// Picker makes that of one worker of so many. What it picks follows from the
// arguments alone.
func (d *Distribution) Picker(seed uint64, worker, workers int) *Picker {
	first := uint64(worker) % d.keys
	return &Picker{Distribution: d, random: newRandom(seed, worker), next: first, first: first, apart: uint64(workers)}
}

// Next picks a key. Where inserts follow the keys, latest counts back from the
// last of them: add how many there were.
func (k *Picker) Next() int {
	switch k.form {
	case sequential:
		return k.inOrder()
	case zipfian:
		return k.scattered(k.zipf.next(&k.random))
	case hotspot:
		return k.scattered(k.hotOrNot())
	case latest:
		return int(k.keys - 1 - k.zipf.next(&k.random))
	default:
		return int(k.random.below(k.keys))
	}
}

// Happens draws whether what has this share of all happens now.
func (k *Picker) Happens(share Share) bool { return Share(k.random.next()) < share }

// Choose draws one of the choices that have weights.
func (k *Picker) Choose(w Weights) int { return w.at(k.random.next()) }

// Below draws a number from 0 to below n, uniformly.
func (k *Picker) Below(n uint64) uint64 { return k.random.below(n) }

func (k *Picker) inOrder() int {
	key := k.next
	if k.next += k.apart; k.next >= k.keys {
		k.next = k.first
	}
	return int(key)
}

func (k *Picker) hotOrNot() uint64 {
	first, width := uint64(0), k.hot
	if !k.Happens(k.hits) && k.hot < k.keys {
		first, width = k.hot, k.keys-k.hot
	}
	return first + k.random.below(width)
}

// scattered is the key of a rank: rank x scatter mod keys, with the quotient
// from a product, which is at most 1 too small.
func (d *Distribution) scattered(rank uint64) int {
	x := rank * d.scatter
	quotient, _ := bits.Mul64(x, d.inverse)
	if x -= quotient * d.keys; x >= d.keys {
		x -= d.keys
	}
	return int(x)
}

// scattering is a number near n over the golden ratio that has no divisor in
// common with n, so that its multiples mod n are all of n, the first of them
// far apart.
func scattering(n uint64) uint64 {
	for by := uint64(float64(n)*0.6180339887) | 1; ; by++ {
		if gcd(by, n) == 1 {
			return by
		}
	}
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
