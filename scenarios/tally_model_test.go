package scenarios

import (
	"math/rand/v2"
	"testing"
)

// What may become of an increment, and befall the server between two.
const (
	done    = iota
	retried // by the client, without a word: the first was done as well
	untold  // done, and reported as failed
	late    // reported as failed, and perhaps done when the late ones arrive
	refused // not done
	arrive  // the late ones, some of them
	lose    // the server: its last increments
)

// A model is a counter and a server whose history is known.
type model struct {
	counter
	random  *rand.Rand
	history []bool // whether what the key went through was acknowledged
	pending int    // late increments
	truth   Tally
	failed  int64
	watched bool // the key is read before and after the server loses something
}

func (m *model) value() int64 { return int64(len(m.history)) }

func (m *model) ack() {
	m.history = append(m.history, true)
	m.truth.Acked++
	m.succeed(m.value())
}

// silently does an increment that no reply tells of; before the first reply it
// is like others'.
func (m *model) silently(n *int64) {
	m.history = append(m.history, false)
	if m.begun {
		*n++
	}
}

func (m *model) failing() {
	m.failed++
	m.fail()
}

func (m *model) lose() {
	keep := len(m.history) - m.random.IntN(min(len(m.history), 8)+1)
	for _, acked := range m.history[keep:] {
		if acked {
			m.truth.Lost++
		}
	}
	m.history = m.history[:keep]
}

func (m *model) suffer(fate int) {
	switch fate {
	case done:
		m.ack()
	case retried:
		m.silently(&m.truth.Twice)
		m.ack()
	case untold:
		m.failing()
		m.silently(&m.truth.Unsure)
	case late:
		m.failing()
		m.pending++
	case refused:
		m.failing()
	case arrive:
		for range m.random.IntN(m.pending + 1) {
			m.pending--
			m.silently(&m.truth.Unsure)
		}
	case lose:
		m.look()
		m.lose()
		m.look()
	}
}

func (m *model) look() {
	if m.watched {
		m.settle(m.value())
	}
}

// The tally is the truth as far as a client can know it, and accuses nobody
// of more.
func TestTallyOfAModel(t *testing.T) {
	for name, test := range map[string]struct {
		fates   []int
		watched bool
		known   bool // what was done without a reply is
		told    bool // so is why
		lost    bool // what was lost is known
	}{
		"failures":         {[]int{done, untold, late, refused, arrive}, false, true, true, true},
		"retries":          {[]int{done, done, retried}, false, true, true, true},
		"losses":           {[]int{done, done, lose}, false, true, true, true},
		"a busy client":    {[]int{done, retried, untold, late, refused, arrive}, false, true, false, true},
		"seen losses":      {[]int{done, untold, late, refused, arrive, lose}, true, true, true, true},
		"all, losses seen": {[]int{done, retried, untold, late, refused, arrive, lose}, true, true, false, true},
		"all":              {[]int{done, retried, untold, late, refused, arrive, lose}, false, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(2000) {
				m := &model{random: rand.New(rand.NewPCG(seed, 0)), watched: test.watched}
				m.history = make([]bool, m.random.IntN(2)*10) // of trials before
				var course []int
				for range 1 + m.random.IntN(40) {
					fate := test.fates[m.random.IntN(len(test.fates))]
					course = append(course, fate)
					m.suffer(fate)
				}
				m.settle(m.value())
				got, want := m.tally, m.truth
				silent, did := got.Unsure+got.Twice, want.Unsure+want.Twice
				if got.Acked != want.Acked || got.Lost > want.Lost || got.Twice > want.Twice || silent > did || got.Unsure > m.failed ||
					test.lost && got.Lost != want.Lost || test.known && silent != did || test.told && got.Twice != want.Twice {
					t.Fatalf("seed %d: %+v, want %+v, of %v", seed, got, want, course)
				}
			}
		})
	}
}

// An increment that failed may be done after later ones, on a server that has
// lost others, too: it is not done twice.
func TestLateIncrements(t *testing.T) {
	for name, test := range map[string]struct {
		replies []int64 // 0: it failed
		want    Tally
	}{
		"after a later one":     {[]int64{1, 0, 2, 4}, Tally{Acked: 3, Unsure: 1}},
		"two, one by one":       {[]int64{1, 0, 0, 3, 5}, Tally{Acked: 3, Unsure: 2}},
		"of before the first":   {[]int64{0, 1, 3}, Tally{Acked: 2, Unsure: 1}},
		"after a loss":          {[]int64{1, 2, 0, 1, 3}, Tally{Acked: 4, Lost: 2, Unsure: 1}},
		"and then one twice":    {[]int64{1, 0, 2, 4, 6}, Tally{Acked: 4, Unsure: 1, Twice: 1}},
		"lost with a told one":  {[]int64{1, 0, 0, 4, 2}, Tally{Acked: 3, Lost: 1, Unsure: 2}},
		"lost, but for the one": {[]int64{1, 0, 0, 4, 3, 1}, Tally{Acked: 4, Lost: 3, Unsure: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			var c counter
			for _, n := range test.replies {
				if n == 0 {
					c.fail()
				} else {
					c.succeed(n)
				}
			}
			if c.tally != test.want {
				t.Errorf("%+v, want %+v", c.tally, test.want)
			}
		})
	}
}
