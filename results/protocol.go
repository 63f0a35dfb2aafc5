package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// An Order is a line of JSON on an executor's stdin: one with the spec, one
// with the access, and, after it has said that it is ready, one that says go.
// The end of stdin tells it to stop.
type Order struct {
	Spec   *Spec   `json:"spec,omitempty"`
	Access *Access `json:"access,omitempty"`
	Go     bool    `json:"go,omitempty"`
}

// The events that an executor writes to its stdout, a line of JSON each.
const (
	EventBeat    = "beat"    // a few times a second, with counts
	EventReady   = "ready"   // warmed; waits for go
	EventStarted = "started" // the clock runs
	EventEnded   = "ended"   // the last step has returned
	EventRecord  = "record"  // what was measured; the last event
	EventError   = "error"   // the trial could not be run; the last event
)

// An Event is one line from an executor.
type Event struct {
	Event    string    `json:"event"`
	Ops      int64     `json:"ops,omitempty"` // beat: so far in this phase
	Attempts int64     `json:"attempts,omitempty"`
	Errors   int64     `json:"errors,omitempty"`
	Opened   int       `json:"opened,omitempty"` // beat: sessions, before the warm-up
	Record   *Measured `json:"record,omitempty"`
	Error    string    `json:"error,omitempty"`
}

// ReadOrder decodes one line for an executor. A field that it does not know, or
// another protocol, is refused: it would be measuring something else.
func ReadOrder(line []byte) (Order, error) {
	var o Order
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return o, fmt.Errorf("order: %w", err)
	}
	if o.Spec != nil && o.Spec.Protocol != Protocol {
		return o, fmt.Errorf("order: protocol %d, this executor speaks %d", o.Spec.Protocol, Protocol)
	}
	return o, nil
}

// address matches an IP address with a port, and the "->" form of net errors.
var address = regexp.MustCompile(`(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.%\w]*:[0-9a-fA-F:.%\w]*\])(:\d+)?`)

// Redact takes the server's addresses, any other IP address and the
// credentials out of a text that is going to be stored.
func (a Access) Redact(text string) string {
	for _, addr := range a.Addrs {
		text = strings.ReplaceAll(text, addr, "<server>")
		if host, _, ok := strings.Cut(addr, ":"); ok && host != "" && a.Network == "tcp" {
			text = replaceWord(text, host, "<server>")
		}
	}
	if len(a.Password) > shortSecret {
		text = strings.ReplaceAll(text, a.Password, "<secret>")
	}
	for _, secret := range []string{a.Password, a.Username} {
		if secret != "" && secret != "default" {
			text = replaceWord(text, secret, "<secret>")
		}
	}
	return address.ReplaceAllString(text, "<address>")
}

// shortSecret is up to which length a password is looked for as a word only:
// replacing it everywhere would tear other words apart and so tell it.
const shortSecret = 3

// replaceWord replaces whole words only.
func replaceWord(text, word, with string) string {
	re, err := regexp.Compile(`(^|\W)` + regexp.QuoteMeta(word) + `($|\W)`)
	if err != nil {
		return text
	}
	return re.ReplaceAllString(text, "${1}"+with+"${2}")
}
