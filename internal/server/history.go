package server

import (
	"context"
	"maps"
	"time"

	"github.com/redis/go-redis/v9"
)

// What a History asks, as its Refused names it.
const (
	SlowLogLen    = "SLOWLOG LEN"
	LatencyLatest = "LATENCY LATEST"
	ConfigGet     = "CONFIG GET"
)

// historyNames are the settings that decide what is remembered.
var historyNames = []string{"slowlog-log-slower-than", "latency-monitor-threshold"}

// A History is what a server remembers of its own trouble; of a cluster, what
// all masters do. Nil is what was not told.
type History struct {
	Config  map[string]string // slowlog-log-slower-than, in us, and latency-monitor-threshold, in ms
	Slow    *int64            // commands in the slow log
	Events  []LatencyEvent    // the latest of each name, by master
	Refused map[string]string // why: by what was asked: SlowLogLen, LatencyLatest, ConfigGet
}

// A LatencyEvent is one that the server's latency monitor has kept.
type LatencyEvent struct {
	Name string
	Took time.Duration
	Ago  time.Duration // by the server's clock where it tells it, else by ours
}

// History asks every master once. What a server refuses is named in Refused,
// and is no error.
func (a *Admin) History(ctx context.Context) (History, error) {
	masters, err := a.masters(ctx)
	if err != nil {
		return History{}, err
	}
	var all History
	for i, master := range masters {
		own, err := master.history(ctx)
		if err != nil {
			return History{}, err
		}
		if i == 0 {
			all = own
			continue
		}
		all.add(own)
	}
	return all, nil
}

func (h *History) add(other History) {
	h.Slow = added(h.Slow, other.Slow)
	h.Events = append(h.Events, other.Events...)
	for name, value := range other.Config {
		h.Config[name] = common(h.Config[name], value)
	}
	maps.Copy(h.Refused, other.Refused)
}

// history is asked in one exchange: a run waits for it.
func (n node) history(ctx context.Context) (History, error) {
	pipe := n.Pipeline()
	var settings []*redis.MapStringStringCmd
	for _, name := range historyNames {
		settings = append(settings, pipe.ConfigGet(ctx, name))
	}
	slow, latest, clock := pipe.Do(ctx, "SLOWLOG", "LEN"), pipe.Do(ctx, "LATENCY", "LATEST"), pipe.Time(ctx)
	if _, err := pipe.Exec(ctx); err != nil && refusalOf(err) == "" {
		return History{}, n.explain(ctx, LatencyLatest, err)
	}
	h := History{Config: map[string]string{}, Refused: map[string]string{}}
	for _, setting := range settings {
		h.refuse(ConfigGet, setting.Err())
		maps.Copy(h.Config, setting.Val())
	}
	h.refuse(SlowLogLen, slow.Err())
	if length, err := slow.Int64(); err == nil {
		h.Slow = &length
	}
	now, err := clock.Result()
	if err != nil {
		now = time.Now()
	}
	h.refuse(LatencyLatest, latest.Err())
	h.Events = latencyEvents(latest.Val(), now)
	return h, nil
}

func (h *History) refuse(command string, err error) {
	if refusal := refusalOf(err); refusal != "" {
		h.Refused[command] = refusalNote(refusal, command)
	}
}

// latencyEvents reads the reply of LATENCY LATEST: name, Unix time, the latest
// in ms, and more.
func latencyEvents(reply any, now time.Time) (events []LatencyEvent) {
	list, _ := reply.([]any)
	for _, entry := range list {
		fields, _ := entry.([]any)
		if len(fields) < 3 {
			continue
		}
		name, ok := fields[0].(string)
		at, known := fields[1].(int64)
		ms, told := fields[2].(int64)
		if ok && known && told && 0 <= ms && ms < int64(24*time.Hour/time.Millisecond) {
			events = append(events, LatencyEvent{Name: name, Took: time.Duration(ms) * time.Millisecond, Ago: max(0, now.Sub(time.Unix(at, 0)))})
		}
	}
	return events
}
