package driver

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"respbench.dev/respbench/internal/engine"
)

const sampleBytes = 8

// startTime is how much later than the clock the workers may start.
const startTime = 5 * time.Millisecond

// replay rebuilds the course of the trial from the file of its samples.
func (t *Talk) replay(r *Record, failed int64) (*engine.Result, error) {
	file, err := t.sampleFile(r)
	if err != nil {
		return nil, err
	}
	p := &player{Replay: engine.NewReplay(time.Duration(r.Window), t.depth()), window: r.Window, samples: file}
	for worker, n := range r.Samples {
		if err := p.play(worker, n); err != nil {
			return nil, err
		}
	}
	if p.failed != failed {
		return nil, fmt.Errorf("counts %d errors; %d of its samples are of failed steps", failed, p.failed)
	}
	if r.Stopped {
		return p.Result(), nil // a step that was given up has no sample
	}
	return p.Result(), p.checkChains()
}

// sampleFile is our own open file, which must hold as much as the record says.
func (t *Talk) sampleFile(r *Record) (io.Reader, error) {
	var total int64
	for _, n := range r.Samples {
		total += n
	}
	info, err := t.samples.Stat()
	if err != nil {
		return nil, withoutPath(err)
	}
	if info.Size() != total*sampleBytes {
		return nil, fmt.Errorf("wrote %d bytes of samples; those of %d steps are %d", info.Size(), total, total*sampleBytes)
	}
	return bufio.NewReaderSize(io.NewSectionReader(t.samples, 0, info.Size()), 64<<10), nil
}

// checkSize bounds a file of which nobody has said yet how long it is.
func (t *Talk) checkSize() error {
	most := int64(mostSamples)
	if t.told.Steps > 0 {
		most = min(most, t.told.Steps)
	}
	info, err := t.samples.Stat()
	if err != nil {
		return withoutPath(err)
	}
	if info.Size() > most*sampleBytes {
		return fmt.Errorf("wrote %d bytes of samples; those of at most %d steps are %d", info.Size(), most, most*sampleBytes)
	}
	return nil
}

// A player feeds samples to a replay.
type player struct {
	*engine.Replay
	samples io.Reader
	window  int64
	failed  int64
	longest int64
	chains  []chain
}

// A chain is the sum of the durations of a worker none of whose steps failed:
// after a failure it waits.
type chain struct {
	worker int
	sum    int64
}

func (p *player) play(worker int, n int64) error {
	before := p.failed
	most := p.window + p.window/100 + int64(rounding)
	var sum int64
	var sample [sampleBytes]byte
	p.Worker()
	for range n {
		if _, err := io.ReadFull(p.samples, sample[:]); err != nil {
			return errors.New("changed its samples after its record")
		}
		ns := int64(binary.LittleEndian.Uint64(sample[:]))
		if ns > most || ns < -most || max(ns, -ns) > most-sum {
			return fmt.Errorf("has samples of worker %d that sum to more than its window of %s", worker, seconds(time.Duration(p.window)))
		}
		sum += max(ns, -ns)
		p.add(ns)
	}
	if n > 0 && p.failed == before {
		p.chains = append(p.chains, chain{worker, sum})
	}
	return nil
}

func (p *player) add(ns int64) {
	if ns < 0 {
		p.Failed(-ns)
		p.failed++
		ns = -ns
	} else {
		p.Done(ns)
	}
	p.longest = max(p.longest, ns)
}

// checkChains refuses samples that leave out a part of the window. A worker ends
// while others are in their last step, which is no longer than the longest.
func (p *player) checkChains() error {
	least := p.window - p.window/100 - int64(startTime) - p.longest
	for _, c := range p.chains {
		if c.sum < least {
			return fmt.Errorf("has samples of worker %d that sum to %s of a window of %s: the end of one step is the start of the next",
				c.worker, seconds(time.Duration(c.sum)), seconds(time.Duration(p.window)))
		}
	}
	return nil
}
