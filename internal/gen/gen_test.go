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

func TestIndex(t *testing.T) {
	keys := NewKeys("respbench:ab:", 120)
	for i := range 120 {
		if got, ok := keys.Index(keys.At(i)); !ok || got != i {
			t.Fatalf("%s is key %d, %v", keys.At(i), got, ok)
		}
	}
	for _, name := range []string{"", "respbench:ab:", "respbench:ab:120", "respbench:ab:-1", "respbench:ab:x", "respbench:cd:1"} {
		if i, ok := keys.Index(name); ok {
			t.Errorf("%q is key %d", name, i)
		}
	}
}

// A key's values of earlier trials are its own; those of other keys are not.
func TestHeld(t *testing.T) {
	values, earlier := NewValues(7, 16), []uint64{3, 11}
	others := 0
	for key := range 1000 {
		for pass := range Passes {
			for _, seed := range earlier {
				if !values.Held(key, values.Trial(seed).Written(key, pass), earlier) {
					t.Fatalf("key %d: what trial %d wrote on pass %d is not known", key, seed, pass)
				}
			}
			if values.Held(key, values.Trial(3).Written(key+1, pass), earlier) {
				others++
			}
		}
		if !values.Held(key, values.Loaded(key), nil) {
			t.Fatalf("key %d: what was loaded is not known", key)
		}
		if values.Held(key, values.Loaded(key+1), earlier) || values.Held(key, values.Trial(3).Written(key, 0), nil) {
			t.Fatalf("key %d: what was not written there is known", key)
		}
	}
	if others > 200 { // of 16,000, some 30 by chance
		t.Errorf("%d values of other keys are known", others)
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
			seen := map[string]bool{values.Loaded(key): true}
			for pass := range Passes {
				v := values.Trial(3).Written(key, pass)
				if len(v) != size {
					t.Fatalf("value of %d bytes is %d bytes", size, len(v))
				}
				if seen[v] {
					t.Fatalf("size %d, key %d: pass %d repeats a value", size, key, pass)
				}
				seen[v] = true
			}
		}
	}
}

func TestValuesOfKeysDiffer(t *testing.T) {
	values, seen := NewValues(7, 16), map[string]int{}
	for key := range 1000 {
		seen[values.Trial(3).Written(key, 0)]++
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
		fmt.Fprint(sum, values.Trial(5).Written(key, key), values.Loaded(key))
	}
	if got, want := sum.Sum64(), uint64(0xe11b9d3f22535355); got != want {
		t.Errorf("fingerprint %#x, want %#x", got, want)
	}
}

func TestCursor(t *testing.T) {
	for _, count := range []int{3, 10, 11, 100, 1234} {
		for _, workers := range []int{1, 2, 3} {
			keys, visits := NewKeys("respbench:ab:", count), map[int]int{}
			for worker := range workers {
				cursor := keys.Cursor(worker, workers)
				for last := 0; last < 3; {
					key, name, pass := cursor.Next()
					if key%workers != worker || pass < last || name != keys.At(key) {
						t.Fatalf("%d keys: worker %d of %d got key %d, %q, on pass %d", count, worker, workers, key, name, pass)
					}
					last = pass
					visits[key]++
				}
			}
			if len(visits) != count {
				t.Errorf("%d of %d keys were visited", len(visits), count)
			}
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	cursor, values := NewKeys("respbench:ab:", 1000).Cursor(0, 1), NewValues(1, 64).Trial(9)
	var sum int
	if n := testing.AllocsPerRun(1000, func() {
		key, name, pass := cursor.Next()
		sum += len(name) + len(values.Written(key, pass))
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkNext(b *testing.B) {
	cursor, values := NewKeys("respbench:ab:", 100_000).Cursor(0, 1), NewValues(1, 16).Trial(9)
	b.ReportAllocs()
	var sum int
	for b.Loop() {
		key, name, pass := cursor.Next()
		sum += len(name) + len(values.Written(key, pass))
	}
}
