package results

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWorstFirst(t *testing.T) {
	findings := []Finding{
		{Code: "a", Level: LevelOK}, {Code: "b", Level: LevelUnknown}, {Code: "c", Level: LevelNote}, {Code: "d", Level: "later"},
		{Code: "e", Level: LevelProblem}, {Code: "f", Level: LevelNote}, {Code: "g", Level: LevelProblem},
	}
	var order string
	for _, f := range WorstFirst(findings) {
		order += f.Code
	}
	if order != "egcfbad" {
		t.Errorf("order %s", order)
	}
	if findings[0].Code != "a" {
		t.Error("the findings themselves were sorted")
	}
}

func TestFindingsAreKept(t *testing.T) {
	want := sampleRun()
	want.Header.Findings = []Finding{
		{Code: "steal", About: MachineSubject, Level: LevelNote, Text: "2% of the time", Advice: "a machine of its own"},
		{Code: "keyspace", About: "<b>\x1b[31m|", Level: LevelOK, Text: "no keys"},
	}
	var file bytes.Buffer
	write(t, NewWriter(&file), want)
	got, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Run{want}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestParseCPUTime(t *testing.T) {
	tests := []struct {
		stat string
		want CPUTime
	}{
		{"cpu  10 20 30 40 50 60 70 5 900 900\ncpu0 1 1 1 1 1 1 1 1 0 0\n", CPUTime{Total: 285, Stolen: 5}},
		{"cpu 1 2 3 4", CPUTime{Total: 10}}, // before there was steal
		{"", CPUTime{}},
		{"cpu x y", CPUTime{}},
	}
	for _, tt := range tests {
		if got := ParseCPUTime(tt.stat); got != tt.want {
			t.Errorf("%q: %+v, want %+v", tt.stat, got, tt.want)
		}
	}
	window := CPUTime{Total: 300, Stolen: 8}.Since(CPUTime{Total: 200, Stolen: 5})
	if window.StolenShare() != 0.03 || (CPUTime{}).StolenShare() != 0 {
		t.Errorf("window %+v: %v stolen", window, window.StolenShare())
	}
}
