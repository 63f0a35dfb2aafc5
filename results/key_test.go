package results

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// leaves returns every settable field within v, with its path.
func leaves(path string, v reflect.Value, found map[string]reflect.Value) {
	if v.Kind() != reflect.Struct {
		found[path] = v
		return
	}
	for i := range v.NumField() {
		leaves(path+"."+v.Type().Field(i).Name, v.Field(i), found)
	}
}

// change gives v another value.
func change(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Slice:
		v.Set(reflect.Append(v, reflect.ValueOf(3)))
	case reflect.Float64:
		v.SetFloat(v.Float() + 0.5)
	default:
		t.Fatalf("%s: unexpected %s", path, v.Kind())
	}
}

// A field that somebody adds to the point, the limit or the warm-up and
// forgets in the key would pool what must not be pooled.
func TestKeyHoldsEveryField(t *testing.T) {
	type part struct {
		Point  *Point
		Limit  *Limit
		Warmup *Warmup
	}
	count := func() int {
		n := 0
		for _, v := range []any{Point{}, Limit{}, Warmup{}} {
			found := map[string]reflect.Value{}
			leaves("", reflect.ValueOf(v), found)
			n += len(found)
		}
		return n
	}()
	seen := 0
	for which := range 3 {
		trial := sampleTrial()
		parts := part{&trial.Point, &trial.Limit, &trial.Warmup}
		found := map[string]reflect.Value{}
		leaves("", reflect.ValueOf(parts).Field(which).Elem(), found)
		for path := range found {
			checkChangesKey(t, which, path)
			seen++
		}
	}
	if seen != count {
		t.Errorf("%d fields tried of %d", seen, count)
	}
}

func checkChangesKey(t *testing.T, which int, path string) {
	t.Helper()
	h := sampleHeader()
	h.Servers = append(h.Servers, Server{ID: "s1x", Kind: "remote"})
	before, after := sampleTrial(), sampleTrial()
	parts := []any{&after.Point, &after.Limit, &after.Warmup}
	found := map[string]reflect.Value{}
	leaves("", reflect.ValueOf(parts[which]).Elem(), found)
	change(t, path, found[path])
	if TrialKey(h, before) == TrialKey(h, after) {
		t.Errorf("%T%s is not part of the key", parts[which], path)
	}
}

func TestKeyHoldsServerExecutorAndMachine(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Header)
		want   []Field
	}{
		{"nothing", func(*Header) {}, nil},
		{"ids, seed and start", func(h *Header) { h.ID, h.Seed, h.Started = "zz", 9, h.Started.Add(1) }, nil},
		{"memory and system", func(h *Header) { h.Machine.MemoryBytes, h.Machine.OS = 1, "x" }, nil},
		{"server kind", func(h *Header) { h.Servers[0].Kind = "remote" }, []Field{FieldServerKind}},
		{"server name", func(h *Header) { h.Servers[0].Name = "valkey" }, []Field{FieldServerName}},
		{"server version", func(h *Header) { h.Servers[0].Version = "8" }, []Field{FieldServerVersion}},
		{"server label", func(h *Header) { h.Servers[0].Label = "" }, []Field{FieldServerLabel}},
		{"server mode", func(h *Header) { h.Servers[0].Mode = "cluster" }, []Field{FieldServerMode}},
		{"tool", func(h *Header) { h.Executors[0].Version = "v2" }, []Field{FieldTool}},
		{"runtime", func(h *Header) { h.Executors[0].Runtime = "go1.27" }, []Field{FieldRuntime}},
		{"library", func(h *Header) { h.Executors[0].Libraries["github.com/redis/rueidis"] = "v2" }, []Field{FieldLibraryVersion}},
		{"other library", func(h *Header) { h.Executors[0].Libraries["github.com/gomodule/redigo"] = "v2" }, []Field{FieldOtherVersions}},
		{"label", func(h *Header) { h.Machine.Label = "a" }, []Field{FieldClientHost}},
		{"cpu", func(h *Header) { h.Machine.CPU = "a" }, []Field{FieldCPU}},
		{"cores", func(h *Header) { h.Machine.Cores = 3 }, []Field{FieldCores}},
		{"arch and kernel", func(h *Header) { h.Machine.Arch, h.Machine.Kernel = "a", "b" }, []Field{FieldArch, FieldKernel}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := sampleHeader()
			test.change(&h)
			keys := []Key{TrialKey(sampleHeader(), sampleTrial()), TrialKey(h, sampleTrial())}
			if diff := cmp.Diff(test.want, Differing(keys)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if (keys[0] == keys[1]) != (test.want == nil) {
				t.Errorf("equal: %v", keys[0] == keys[1])
			}
		})
	}
}

func TestUnisolatedTrialsOfTwoRunsDiffer(t *testing.T) {
	trial, other := sampleTrial(), sampleHeader()
	trial.Point.Settings.Isolation = "none"
	other.ID = "other"
	if TrialKey(sampleHeader(), trial) == TrialKey(other, trial) {
		t.Error("they would be pooled")
	}
}

func TestPointKeyDiffersInNothingUnknown(t *testing.T) {
	keys := []Key{PointKey(sampleHeader(), samplePoint()), TrialKey(sampleHeader(), sampleTrial())}
	if got := Differing(keys); got != nil {
		t.Errorf("differing: %v", got)
	}
}

func TestJoin(t *testing.T) {
	point, trial := PointKey(sampleHeader(), samplePoint()), TrialKey(sampleHeader(), sampleTrial())
	for _, keys := range [][2]Key{{point, trial}, {trial, point}} {
		if got, ok := keys[0].Join(keys[1]); !ok || got != trial {
			t.Errorf("joined %v: %q", ok, got)
		}
	}
	other := trial
	other[FieldDepth] = "2"
	if _, ok := trial.Join(other); ok {
		t.Error("joined in spite of another depth")
	}
}

func TestFieldNames(t *testing.T) {
	seen := map[string]bool{}
	for f := range Fields {
		if name := f.String(); name == "" || seen[name] {
			t.Errorf("field %d is called %q", f, name)
		}
		seen[f.String()] = true
	}
}

func TestVersion(t *testing.T) {
	h := sampleHeader()
	for library, want := range map[string]string{"rueidis": "v1.0.79", "raw": "v1.2.3", "unheard": ""} {
		if got := h.Version("e1", library); got != want {
			t.Errorf("%s: %q, expected %q", library, got, want)
		}
	}
	if got := h.Version("e2", "raw"); got != "" {
		t.Errorf("of another executor: %q", got)
	}
}
