package report

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

// resumed is a real run as it would be had it been stopped within a trial and
// gone on with: the file's runs before they are joined.
func resumed(t *testing.T) []results.Run {
	t.Helper()
	whole := readRuns(t, published)[0]
	half := len(whole.Trials) / 2
	stopped := whole.Trials[half]
	stopped.Status, stopped.Reason, stopped.Measured, stopped.Confirmed = results.Interrupted, "by SIGTERM", nil, nil
	next := whole.Header
	next.Resumes, next.Started = whole.Header.ID, whole.Header.Started.Add(time.Hour)

	var file bytes.Buffer
	w := results.NewWriter(&file)
	errs := []error{w.Header(whole.Header)}
	for _, trial := range append(whole.Trials[:half:half], stopped) {
		errs = append(errs, w.Trial(trial))
	}
	errs = append(errs, w.End(results.End{Ended: next.Started, Status: results.Interrupted, Reason: "by SIGTERM"}), w.Header(next))
	for _, trial := range whole.Trials[half:] {
		errs = append(errs, w.Trial(trial))
	}
	if err := errors.Join(append(errs, w.End(*whole.End))...); err != nil {
		t.Fatal(err)
	}
	runs, err := results.Read(&file)
	if err != nil || len(runs) != 2 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	return runs
}

// A resumed run reads as if it had never been stopped.
func TestResumedRunIsOne(t *testing.T) {
	s, err := Summarize(resumed(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range Formats() {
		if format.Name == OfOneCell {
			continue
		}
		var got, want bytes.Buffer
		if err := errors.Join(format.Write(&got, s, Layout{}), format.Write(&want, summarize(t, published), Layout{})); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", format.Name, diff)
		}
	}
}

func TestResumedRunGivenTwice(t *testing.T) {
	runs := resumed(t)
	_, err := Summarize(append(runs, runs...))
	if want := "run " + runs[0].Header.ID + " is given twice"; err == nil || err.Error() != want {
		t.Errorf("got %v, expected %s", err, want)
	}
}
