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
		{"cpu  10 20 30 40 50 60 70 5 900 900\ncpu0 1 1 1 1 1 1 1 1 0 0\n", CPUTime{Total: 285, Idle: 90, Stolen: 5}},
		{"cpu 1 2 3 4", CPUTime{Total: 10, Idle: 4}}, // before there was steal
		{"", CPUTime{}},
		{"cpu x y", CPUTime{}},
	}
	for _, tt := range tests {
		if got := ParseCPUTime(tt.stat); got != tt.want {
			t.Errorf("%q: %+v, want %+v", tt.stat, got, tt.want)
		}
	}
}

func TestStolenShare(t *testing.T) {
	earlier := CPUTime{Total: 2000, Idle: 1500, Stolen: 5}
	for now, want := range map[CPUTime]float64{
		{Total: 2100, Idle: 1500, Stolen: 8}:  0.03,
		{Total: 3000, Idle: 2300, Stolen: 25}: 0.1,  // nothing is stolen from 800 idle ticks
		{Total: 2050, Idle: 1530, Stolen: 7}:  0.02, // too short: of 20 ticks
		{Total: 2050, Idle: 1530, Stolen: 15}: 0.1,
		earlier:                               0,
	} {
		if got := now.Since(earlier).StolenShare(); got != want {
			t.Errorf("%+v: %v stolen, want %v", now, got, want)
		}
	}
}
