package gen

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"testing"
)

func TestKeys(t *testing.T) {
	for _, count := range []int{1, 9, 10, 11, 100, 12_345} {
		keys := NewKeys("respbench:ab:", count)
		if keys.Len() != count || cap(keys.block) != len(keys.block) {
			t.Errorf("%d keys: len %d, block %d of %d", count, keys.Len(), len(keys.block), cap(keys.block))
		}
		for i := range count {
			if got, want := keys.At(i), "respbench:ab:"+strconv.Itoa(i); got != want {
				t.Fatalf("key %d of %d is %q, want %q", i, count, got, want)
			}
		}
	}
}

func TestDigits(t *testing.T) {
	for n := 1; n <= 1e17; n *= 10 {
		for _, i := range []int{n - 1, n, n + 1} {
			if got, want := digits(i), len(strconv.Itoa(i)); got != want {
				t.Errorf("digits(%d) = %d, want %d", i, got, want)
			}
		}
	}
}

func TestSuccessiveValuesDiffer(t *testing.T) {
	for _, size := range []int{1, 2, 16, 5000} {
		values := NewValues(7, size)
		for key := range 500 {
			seen := map[string]bool{values.Loaded(key).String: true}
			for pass := range Passes {
				v := values.Written(key, 3, pass)
				if len(v.Bytes) != size || string(v.Bytes) != v.String || cap(v.Bytes) != size {
					t.Fatalf("value of %d bytes is %d bytes, cap %d", size, len(v.Bytes), cap(v.Bytes))
				}
				if seen[v.String] {
					t.Fatalf("size %d, key %d: pass %d repeats a value", size, key, pass)
				}
				seen[v.String] = true
			}
		}
	}
}

func TestValuesOfKeysDiffer(t *testing.T) {
	values, seen := NewValues(7, 16), map[string]int{}
	for key := range 1000 {
		seen[values.Written(key, 3, 0).String]++
	}
	if len(seen) < 950 {
		t.Errorf("only %d different values for 1000 keys", len(seen))
	}
}

// The first values of a seed must not change: results of one data seed would
// stop being comparable, and a reader could not check what another wrote.
func TestFingerprint(t *testing.T) {
	sum := fnv.New64a()
	values := NewValues(42, 16)
	for key := range 1000 {
		fmt.Fprint(sum, values.Written(key, 5, key).String, values.Loaded(key).String)
	}
	if got, want := sum.Sum64(), uint64(0xc0e05c920d0dac35); got != want {
		t.Errorf("fingerprint %#x, want %#x", got, want)
	}
}

func TestWalk(t *testing.T) {
	const workers, count = 3, 10
	owner := map[int]int{}
	for worker := range workers {
		walk := NewWalk(worker, workers, count)
		for last := 0; last < 2; {
			key, pass := walk.Next()
			if key%workers != worker || pass < last {
				t.Fatalf("worker %d got key %d on pass %d", worker, key, pass)
			}
			last = pass
			owner[key]++
		}
	}
	if len(owner) != count {
		t.Errorf("%d of %d keys were visited", len(owner), count)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	keys, values, walk := NewKeys("respbench:ab:", 1000), NewValues(1, 64), NewWalk(0, 1, 1000)
	var sum int
	if n := testing.AllocsPerRun(1000, func() {
		key, pass := walk.Next()
		sum += len(keys.At(key)) + len(values.Written(key, 9, pass).String)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkNext(b *testing.B) {
	keys, values, walk := NewKeys("respbench:ab:", 100_000), NewValues(1, 16), NewWalk(0, 1, 100_000)
	b.ReportAllocs()
	var sum int
	for b.Loop() {
		key, pass := walk.Next()
		sum += len(keys.At(key)) + len(values.Written(key, 9, pass).String)
	}
}
