package results

import (
	"encoding/json"
	"reflect"
	"testing"
)

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
