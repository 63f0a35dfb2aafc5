package check

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/raw"
	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/trial"
)

// A player is a driver as it should be, but for one lie.
type player struct {
	lie     string
	spec    driver.Spec
	values  []string
	workers []*hand
	dials   atomic.Int64
	tickets atomic.Int64
	stopped atomic.Bool
	start   time.Time // of a phase

	out   sync.Mutex
	quiet bool // no beats any more
}

// ownWords is no lie: such a player speaks as respbench's own trials do.
const ownWords = "own words"

// play is what the process of a driver does. Without a lie it is right.
func play(lie string, args []string) {
	if len(args) > 0 {
		fmt.Println(descriptionOf(lie))
		return
	}
	if lie != "SIGINT" {
		signal.Ignore(os.Interrupt)
	}
	if lie == ownWords {
		library := raw.Library
		library.Name = "player"
		trial.Serve(os.Stdin, os.Stdout, []clients.Library{library}, func() { os.Exit(1) })
		return
	}
	p := &player{lie: lie}
	orders := bufio.NewScanner(os.Stdin)
	orders.Scan()
	if json.Unmarshal(orders.Bytes(), &p.spec) != nil || p.spec.Protocol != driver.Protocol && lie != "any protocol" {
		p.say(driver.Event{Event: "error", Error: "it speaks protocol 1"})
		return
	}
	if misbehave := misbehaviours[lie]; misbehave != nil {
		misbehave(p)
	}
	p.prepare()
	told := make(chan bool)
	go p.listen(orders, told)
	go p.beat()
	p.trial(told)
}

// listen hears when the clock is to start and when the trial is to end.
func (p *player) listen(orders *bufio.Scanner, told chan<- bool) {
	if orders.Scan() {
		close(told)
		orders.Scan()
	}
	if p.lie == "deaf" {
		return
	}
	p.stopped.Store(true)
	if p.lie != "waits for its calls" {
		time.Sleep(700 * time.Millisecond)
		os.Exit(0)
	}
}

func (p *player) beat() {
	for range time.Tick(50 * time.Millisecond) {
		var steps int64
		for _, h := range p.workers {
			steps += h.tried.Load()
		}
		p.out.Lock()
		if !p.quiet {
			write(driver.Event{Event: "beat", Steps: steps})
		}
		p.out.Unlock()
	}
}

func (p *player) say(e driver.Event) {
	p.out.Lock()
	defer p.out.Unlock()
	p.quiet = p.quiet || e.Event == "ended"
	write(e)
}

func write(e driver.Event) {
	line, _ := json.Marshal(e)
	os.Stdout.Write(append(line, '\n'))
}

func (p *player) prepare() {
	for i := range 89 {
		text := fmt.Sprintf("%0*d", p.spec.DataSize, i)
		p.values = append(p.values, text[len(text)-p.spec.DataSize:])
	}
	for number := range p.spec.Workers {
		p.workers = append(p.workers, &hand{player: p, number: number, key: number})
	}
}

func (p *player) trial(told <-chan bool) {
	samples, err := os.Create(p.spec.Samples)
	if err != nil {
		p.say(driver.Event{Event: "error", Error: err.Error()})
		return
	}
	r := driver.Record{Warm: driver.Warm{Time: int64(p.phase(p.warming))}}
	for _, h := range p.workers {
		r.Warm.Steps += int64(len(h.samples))
		r.Warm.Failed += int64(len(h.errors))
	}
	p.say(driver.Event{Event: "ready"})
	<-told
	p.say(driver.Event{Event: "started"})
	user, system := used()
	r.Window = int64(p.phase(p.measuring))
	r.UserCPU, r.SystemCPU = used()
	r.UserCPU, r.SystemCPU = r.UserCPU-user, r.SystemCPU-system
	r.Connections, r.MostConns, r.Stopped = p.dials.Load(), p.spec.Workers, p.stopped.Load()
	p.say(driver.Event{Event: "ended"})
	bytes := p.tally(&r)
	if forge := forgeries[p.lie]; forge != nil {
		forge(&r, &bytes)
	}
	samples.Write(bytes)
	p.say(driver.Event{Event: "record", Record: &r})
}

// phase has all workers repeat their steps while there are more.
func (p *player) phase(more func(*hand) bool) time.Duration {
	p.start = time.Now()
	p.tickets.Store(0)
	var all sync.WaitGroup
	for _, h := range p.workers {
		h.samples, h.errors = nil, nil
		h.tried.Store(0)
		all.Go(func() { h.repeat(more) })
	}
	all.Wait()
	return time.Since(p.start)
}

func (p *player) warming(h *hand) bool {
	enough := int64(len(h.samples)) >= p.spec.WarmupSteps && time.Since(p.start) >= time.Duration(p.spec.WarmupTime)
	return !enough && !p.stopped.Load()
}

func (p *player) measuring(*hand) bool {
	steps, number := p.spec.Steps, p.tickets.Add(1)
	if p.lie == "too few" && steps > 0 {
		steps--
	}
	least := time.Duration(p.spec.LeastTime)
	if p.lie == "short" {
		least /= 2
	}
	if p.lie == "stops unasked" && number > 500 {
		p.stopped.Store(true)
	}
	more := number <= steps || p.spec.Steps == 0 && (number <= p.spec.LeastSteps || time.Since(p.start) < least)
	return more && !p.stopped.Load()
}

// used is the CPU time of this process in ns.
func used() (user, system int64) {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano(), u.Stime.Nano()
}
