package engine

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"time"
)

// A timetable is when the steps of one worker are due, in ns since the phase
// began. Two that are made alike are alike.
type timetable struct {
	pace        Pace
	step, every int64      // its next one is this of all workers' steps; of so many it has one
	at          float64    // of the last one, where times are random
	random      *rand.Rand // nil: the times between steps are equal
}

// arrivals sets the seed of these random numbers apart from that of others.
const arrivals = 0x6172726976616c73

func newTimetable(p Pace, worker, workers int, seed uint64) timetable {
	t := timetable{pace: p, step: int64(worker), every: int64(workers)}
	if p.Poisson {
		t.random = rand.New(rand.NewPCG(seed^arrivals, uint64(worker)))
	}
	return t
}

// next is when another step is due. Where times are equal, worker w of W has
// the steps w, w+W, w+2W and so on of those that are due at Rate a second.
func (t *timetable) next() int64 {
	if t.random != nil {
		t.at += t.random.ExpFloat64() * float64(t.every) * float64(time.Second) / t.pace.Rate
		return round(t.at)
	}
	at := float64(t.step) * float64(time.Second) / t.pace.Rate
	t.step += t.every
	return round(at)
}

// farthest keeps what is farther away than any clock goes from wrapping around.
const farthest = 1 << 61

func round(ns float64) int64 { return int64(math.Round(min(ns, farthest))) }

// An agenda holds all workers' next steps; the first is the one due next.
type agenda []entry

type entry struct {
	due    int64
	worker int
	table  timetable
}

func newAgenda(p Pace, workers int, seed uint64) *agenda {
	a := make(agenda, workers)
	for i := range a {
		a[i] = entry{worker: i, table: newTimetable(p, i, workers, seed)}
		a[i].due = a[i].table.next()
	}
	heap.Init(&a)
	return &a
}

// next is when the next step of all is due, in ns since the phase began.
func (a agenda) next() int64 { return a[0].due }

// take returns whose step that is, and puts that worker's next in its place.
func (a *agenda) take() (worker int) {
	first := &(*a)[0]
	worker = first.worker
	first.due = first.table.next()
	heap.Fix(a, 0)
	return worker
}

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].due < a[j].due }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }

// Push and Pop are what heap.Interface wants; an agenda keeps its length.
func (a *agenda) Push(any) { panic("engine: an agenda does not grow") }

// Pop is like Push.
func (a *agenda) Pop() any { panic("engine: an agenda does not shrink") }
