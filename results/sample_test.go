package results

import (
	"time"
)

func ptr[T any](v T) *T { return &v }

// recordingOf records the durations, in ns, exactly as an executor does.
func recordingOf(ns ...int64) Recording {
	h := NewHistogram()
	var sum, over int64
	low, high := ns[0], ns[0]
	for _, v := range ns {
		if v > HighestNS {
			over++
		}
		_ = h.RecordValue(min(v, HighestNS))
		sum, low, high = sum+v, min(low, v), max(high, v)
	}
	return NewRecording(h, int64(len(ns)), sum, low, high, over)
}

func sampleHeader() Header {
	return Header{
		Schema: Schema, ID: "abcd2345", Started: time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC),
		Command: []string{"respbench", "run"}, Seed: 1 << 63, Rounds: 2,
		Points: []Point{samplePoint()}, Order: []int{0, 0},
		Skips:     []Skip{{Point: samplePoint(), Reason: "no <b> & \x1b[31m pipes | here\n"}},
		Machine:   Machine{CPU: "Some CPU", Cores: 2, Arch: "amd64", Kernel: "6.1", OS: "linux"},
		Servers:   []Server{{ID: "s1", Kind: "spawned", Name: "redis", Version: "7.0.15", Label: "near", Mode: "standalone"}},
		Executors: []Executor{sampleExecutor()},
		Loaded:    []Loaded{{Keys: "<i>", Count: 10, DataSize: 16, Time: time.Second}},
	}
}

func sampleExecutor() Executor {
	return Executor{
		ID: "e1", Tool: "respbench", Version: "v1.2.3", Runtime: "go1.26.8",
		Libraries: map[string]string{"github.com/redis/rueidis": "v1.0.79", "github.com/gomodule/redigo": "v1.9.3"},
		Modules:   map[string]string{"raw": "", "rueidis": "github.com/redis/rueidis", "redigo": "github.com/gomodule/redigo"},
	}
}

func samplePoint() Point {
	return Point{
		Scenario: "sync", Version: 1, Library: "rueidis", Variant: "default", Server: "s1",
		Load:      Load{Workers: 1, Depth: 1, DataSize: 16, Keyspace: 10},
		Placement: Placement{Pin: "split", Client: []int{1}, ServerCPUs: []int{0}, Procs: 1},
		Settings:  Settings{Context: "background", Heap: 64 << 20, Timeout: time.Second, ConnectTimeout: time.Second, Isolation: "process"},
	}
}

func sampleTrial() Trial {
	return Trial{
		Point: samplePoint(), Executor: "e1", Round: 1, Order: 1, Seed: 7, Status: OK,
		Limit:  Limit{MinSteps: 3, MinTime: time.Second, MaxTime: 10 * time.Second},
		Warmup: Warmup{Time: time.Second, MinSteps: 20},
		Measured: &Measured{
			Protocol: Protocol, Start: time.Date(2026, 11, 22, 3, 4, 6, 7, time.UTC), Window: time.Second,
			Ops: 3, Attempts: 4, Errors: map[string]int64{"timeout": 1},
			Kinds: []Kind{{
				Name: "set+get", Unit: "set+get", Sample: "set+get", OpsPerSample: 1, Ops: 3, Attempts: 4,
				Service: recordingOf(1000, 2000, 3001), Failed: recordingOf(2 * HighestNS),
			}},
			Slices: Slices{Length: time.Second, Ops: []int64{3}, Errors: []int64{1}, Longest: []int64{3001}, Coarse: [][]int64{{1, 2}}},
			Cost:   Cost{UserCPU: ptr(time.Millisecond), Allocs: ptr(int64(0)), GOGC: 100},
			Conns:  Conns{Declared: 1, Dialled: 1}, Resolved: Resolved{RESP: 3, Shares: true, Options: map[string]string{"a": "b"}},
		},
		ServerCPU: ptr(time.Millisecond),
		Confirmed: &Confirmation{Commands: []CommandCount{{"get", 3, 4, 4}}},
		Warnings:  []Warning{{"code", "text", "advice"}},
	}
}

func sampleRun() Run {
	failed := sampleTrial()
	failed.Status, failed.Reason, failed.Measured, failed.Round, failed.Order = NotRun, "the server had gone", nil, 2, 2
	return Run{
		Header: sampleHeader(), Trials: []Trial{sampleTrial(), failed},
		End: &End{Ended: time.Date(2026, 11, 22, 3, 5, 0, 0, time.UTC), Status: Failed, Reason: "x", Removed: 10},
	}
}
