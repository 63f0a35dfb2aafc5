package report

import (
	"math"
	"slices"
)

// inProportion is by how much the shares of a fixed mix may differ between trials, as
// logarithms: the workers draw their ops at random, so that a few ops vary by more.
func inProportion(fewest int64) float64 { return max(0.1, 8/math.Sqrt(float64(max(fewest, 1)))) }

// addOrJoin makes one contest of those that say the same: of cells whose ops follow
// each other in proportion, the op with most speaks for all.
func addOrJoin(contests []contest, c contest) []contest {
	for i, before := range contests {
		if before.group.key != c.group.key || !before.follows(c) {
			continue
		}
		if before.opsPerSecond() >= c.opsPerSecond() {
			contests[i].others = append(before.others, c)
		} else {
			others := before.others
			before.others = nil
			c.others = append([]contest{before}, others...)
			contests[i] = c
		}
		slices.SortFunc(contests[i].others, func(a, b contest) int { return a.group.at[0] - b.group.at[0] })
		return contests
	}
	return append(contests, c)
}

// follows is whether both have one leader, and the same trials with the same share of
// each op in all of them.
func (c contest) follows(other contest) bool {
	mine, others := c.all(), other.all()
	if c.metric.latency() || len(mine) != len(others) || len(c.ranked) > 0 && len(other.ranked) > 0 && c.ranked[0].Key != other.ranked[0].Key {
		return false
	}
	var shares []float64
	fewest := int64(math.MaxInt64)
	for _, r := range mine {
		at := slices.IndexFunc(others, func(o Row) bool { return o.Key == r.Key })
		if at < 0 || !slices.Equal(r.trials(), others[at].trials()) {
			return false
		}
		for i, v := range r.Throughput.Values {
			shares = append(shares, math.Log(others[at].Throughput.Values[i]/v))
			fewest = min(fewest, r.good[i].kind.Ops, others[at].good[i].kind.Ops)
		}
	}
	return slices.Max(shares)-slices.Min(shares) <= inProportion(fewest)
}

// all are the rows of the contest, and raw.
func (c contest) all() []Row {
	if c.raw == nil {
		return c.ranked
	}
	return append(slices.Clone(c.ranked), *c.raw)
}

func (c contest) opsPerSecond() float64 {
	sum := 0.0
	for _, r := range c.all() {
		sum += r.Throughput.Median
	}
	return sum
}

// trials are those of the rounds that are ok.
func (r Row) trials() []origin {
	return list(r.good, func(g round) origin { return origin{g.run, g.Pair, g.Order} })
}
