package results

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	access := Access{Network: "tcp", Addrs: []string{"db.example:6379"}, Username: "me", Password: "s3cret"}
	for in, want := range map[string]string{
		"dial tcp 10.1.2.3:6379: refused":                      "dial tcp <address>: refused",
		"read tcp 127.0.0.1:4000->127.0.0.1:6379: i/o timeout": "read tcp <address>-><address>: i/o timeout",
		"lookup db.example: no such host":                      "lookup <server>: no such host",
		"dial db.example:6379":                                 "dial <server>",
		"dial tcp [::1]:6379: refused":                         "dial tcp <address>: refused",
		"user me with s3cret, mentioned":                       "user <secret> with <secret>, mentioned",
	} {
		if got := access.Redact(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("dial tcp 10.1.2.3:6379: connect: connection refused")
	f.Add("lookup db.example on [fe80::1%eth0]:53: me s3cret")
	access := Access{Network: "tcp", Addrs: []string{"10.1.2.3:6379"}, Password: "s3cret"}
	f.Fuzz(func(t *testing.T, text string) {
		if got := access.Redact(text); strings.Contains(got, "s3cret") || strings.Contains(got, "10.1.2.3") {
			t.Errorf("%q became %q", text, got)
		}
	})
}

func FuzzReadOrder(f *testing.F) {
	f.Add([]byte(`{"go":true}`))
	f.Add([]byte(`{"spec":{"protocol":1,"run":"ab","point":{"scenario":"sync","load":{"workers":1}},"limit":{"steps":7}}}`))
	f.Add([]byte(`{"access":{"mode":"standalone","network":"tcp","addrs":["127.0.0.1:6379"]}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		o, err := ReadOrder(line)
		if err != nil {
			return
		}
		again, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := ReadOrder(again); err != nil || !reflect.DeepEqual(o, same) {
			t.Errorf("%s came back as %s: %v", line, again, err)
		}
	})
}
