package all

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOrder(t *testing.T) {
	var names []string
	for _, lib := range Libraries() {
		for _, v := range lib.Variants {
			if !v.Hidden {
				names = append(names, lib.Name+":"+v.Name)
			}
		}
	}
	want := []string{
		"raw:default", "raw:pool",
		"rueidis:default", "rueidis:no-autopipe", "rueidis:always-pipe", "rueidis:cache",
		"goredis:default", "goredis:autopipe", "goredis:autopipe-duplex", "goredis:cache",
		"redigo:default", "redigo:conn",
		"valkey:default", "valkey:no-autopipe", "valkey:always-pipe", "valkey:cache",
		"radix:default", "radix:flush-interval",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestVariantsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, lib := range Libraries() {
		if lib.Name == "" || seen[lib.Name] || len(lib.Variants) == 0 {
			t.Errorf("library %q", lib.Name)
		}
		seen[lib.Name] = true
		names := map[string]bool{}
		for _, v := range lib.Variants {
			if v.Name == "" || names[v.Name] || v.Doc == "" || v.Open == nil {
				t.Errorf("%s: variant %+v", lib.Name, v)
			}
			names[v.Name] = true
		}
	}
}
