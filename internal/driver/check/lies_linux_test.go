package check

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"respbench.dev/respbench/internal/driver"
)

// misbehaviours are what a player does instead of warming.
var misbehaviours = map[string]func(*player){
	"garbage": func(*player) { fmt.Println("Traceback \x1b[31m(most recent call last)") },
	"silence": func(*player) { time.Sleep(time.Hour) },
	"crash": func(*player) {
		fmt.Fprintln(os.Stderr, "Traceback (most recent call last):\n  File \"/home/me/driver.py\", line 3\nKeyError: 'redis'")
		os.Exit(3)
	},
	"endless beats": func(p *player) {
		for n := int64(1); ; n++ {
			p.say(driver.Event{Event: "beat", Steps: n})
		}
	},
	"never ready": func(p *player) {
		for n := int64(1); ; n++ {
			p.say(driver.Event{Event: "beat", Steps: n})
			time.Sleep(100 * time.Millisecond)
		}
	},
	"endless line": func(*player) {
		for line := []byte(strings.Repeat("x", 1<<16)); ; {
			os.Stdout.Write(line)
		}
	},
	"endless stderr": func(*player) {
		for line := []byte(strings.Repeat("oh dear ", 1<<10) + "\n"); ; {
			os.Stderr.Write(line)
		}
	},
	"starts unasked": func(p *player) { p.say(driver.Event{Event: "started"}) },
	"leaves":         func(*player) { os.Exit(0) },
}

// forgeries are what a player changes of a record that would be right.
var forgeries = map[string]func(r *driver.Record, samples *[]byte){
	"wrong count": func(r *driver.Record, _ *[]byte) { r.Samples[0]++ },
	"more than it did": func(r *driver.Record, samples *[]byte) {
		r.Samples[0]++
		*samples = append([]byte{1, 0, 0, 0, 0, 0, 0, 0}, *samples...)
	},
	"samples too short": func(_ *driver.Record, samples *[]byte) { *samples = (*samples)[:max(0, len(*samples)-3)] },
	"samples too long":  func(_ *driver.Record, samples *[]byte) { *samples = append(*samples, make([]byte, 8)...) },
	"shorter window":    func(r *driver.Record, _ *[]byte) { r.Window -= r.Window / 10 },
	"no CPU":            func(r *driver.Record, _ *[]byte) { r.UserCPU, r.SystemCPU = 0, 0 },
	"much CPU":          func(r *driver.Record, _ *[]byte) { r.UserCPU = r.Window * 1000 },
	"CPU of others": func(r *driver.Record, _ *[]byte) {
		time.Sleep(500 * time.Millisecond) // the system's count is there as long as we are
		r.UserCPU, r.SystemCPU = r.Window, r.Window
	},
	"no connections":     func(r *driver.Record, _ *[]byte) { r.Connections = 0 },
	"one connection":     func(r *driver.Record, _ *[]byte) { r.Connections = 1 },
	"forgets to warm":    func(r *driver.Record, _ *[]byte) { r.Warm.Steps = 0 },
	"errors out of hand": func(r *driver.Record, _ *[]byte) { r.Errors = map[string]int64{"timeout": 3} },
	"averages": func(_ *driver.Record, samples *[]byte) {
		var sum uint64
		for at := 0; at < len(*samples); at += 8 {
			sum += binary.LittleEndian.Uint64((*samples)[at:])
		}
		for at := 0; at < len(*samples); at += 8 {
			binary.LittleEndian.PutUint64((*samples)[at:], sum*8/uint64(len(*samples)))
		}
	},
}

// descriptionOf is a player's, or the lie that it tells.
func descriptionOf(lie string) string {
	switch lie {
	case "describes garbage":
		return "usage: driver [-h]"
	case "describes at length":
		return strings.Repeat("x", 2<<20)
	}
	about := driver.Description{
		Protocol: driver.Protocol, Name: "player", Runtime: "go", Packages: map[string]string{"player": "1.0"},
		Clients: []driver.Client{{Name: "player", Package: "player", RESP: []int{2}, Variants: []driver.Variant{
			{Name: "default", Doc: "as it should be"}, {Name: "other", Doc: "for nobody", Missing: "needs what is not there"},
		}}},
		Scenarios: map[string]int{"sync": 1, "concurrent": 1, "concurrent-pipelined": 1, "pipelined": 1}, Transports: []string{"tcp"},
	}
	switch lie {
	case "":
	case ownWords:
		about.Speaks = driver.SpeaksTrial
	case "describes another protocol":
		about.Protocol = 2
	case "describes an evil name":
		about.Name = "evil\x1b[2J"
	case "one connection", "every other":
		about.Scenarios = map[string]int{"concurrent": 1}
	default: // one scenario is enough to be found out in
		about.Scenarios = map[string]int{"sync": 1}
	}
	text, _ := json.Marshal(about)
	return string(text)
}
