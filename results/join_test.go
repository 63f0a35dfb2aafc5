package results

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// resumable is a run of four trials, or one that resumes it; a word a trial that it
// holds, "2ok".
func resumable(id, resumes string, end *End, trials ...string) Run {
	r := Run{Header: Header{ID: id, Resumes: resumes, Rounds: 4, Order: []int{0, 0, 0, 0}}, End: end}
	if resumes != "" {
		r.Header.Order = []int{0}
	}
	for _, words := range trials {
		var t Trial
		_, _ = fmt.Sscanf(words, "%d%s", &t.Order, &t.Status)
		if t.Status == "not" {
			t.Status = NotRun
		}
		r.Trials = append(r.Trials, t)
	}
	return r
}

func TestJoinRuns(t *testing.T) {
	ended := func(s Status) *End { return &End{Status: s} }
	for name, test := range map[string]struct{ parts, want []Run }{
		"nothing": {},
		"runs of their own": {
			[]Run{resumable("a", "", ended(OK), "1ok"), resumable("b", "", nil, "1ok")},
			[]Run{resumable("a", "", ended(OK), "1ok"), resumable("b", "", nil, "1ok")},
		},
		"cut off, resumed": {
			[]Run{resumable("a", "", nil, "1ok"), resumable("a", "a", ended(OK), "2ok", "3ok", "4ok")},
			[]Run{resumable("a", "", ended(OK), "1ok", "2ok", "3ok", "4ok")},
		},
		"made good": {
			[]Run{resumable("a", "", ended(Failed), "1ok", "2failed", "3not", "4not"), resumable("a", "a", ended(OK), "3ok", "4ok")},
			[]Run{resumable("a", "", ended(Failed), "1ok", "2failed", "3ok", "4ok")},
		},
		"interrupted, and again": {
			[]Run{
				resumable("a", "", ended(Interrupted), "1ok", "2interrupted"),
				resumable("a", "a", ended(Interrupted), "2ok", "3interrupted"), resumable("a", "a", nil, "3ok"),
			},
			[]Run{resumable("a", "", nil, "1ok", "2ok", "3ok")},
		},
		"resumed to no avail": {
			[]Run{resumable("a", "", ended(OK), "1ok", "2not", "3not"), resumable("a", "a", ended(Interrupted), "2interrupted")},
			[]Run{resumable("a", "", ended(Interrupted), "1ok", "2interrupted", "3not")},
		},
		"its run is not there": {
			[]Run{resumable("b", "", ended(OK), "1ok"), resumable("a", "a", ended(OK), "2ok")},
			[]Run{resumable("b", "", ended(OK), "1ok"), resumable("a", "a", ended(OK), "2ok")},
		},
		"the same file twice": {
			[]Run{resumable("a", "", nil, "1ok"), resumable("a", "a", nil, "2ok"), resumable("a", "", nil, "1ok"), resumable("a", "a", nil, "2ok")},
			[]Run{resumable("a", "", nil, "1ok", "2ok"), resumable("a", "", nil, "1ok", "2ok")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			given := slices.Clone(test.parts)
			if d := cmp.Diff(test.want, Join(test.parts)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			if d := cmp.Diff(given, test.parts); d != "" {
				t.Errorf("what was given changed:\n%s", d)
			}
		})
	}
}

func TestJoinRunsNotes(t *testing.T) {
	first, second := resumable("a", "", nil, "1ok"), resumable("a", "a", nil)
	first.Header.Notes, second.Header.Notes = []string{"same"}, []string{"same", "other"}
	first.Notes, second.Notes = []string{"x"}, []string{"y"}
	got := Join([]Run{first, second})[0]
	if d := cmp.Diff([][]string{{"same", "other"}, {"x", "y"}}, [][]string{got.Header.Notes, got.Notes}); d != "" {
		t.Error(d)
	}
}

// What any part warned of and removed is said of the whole.
func TestJoinRunsEnds(t *testing.T) {
	one, two, three := Warning{Code: "1"}, Warning{Code: "2"}, Warning{Code: "3"}
	first := &End{Status: Interrupted, Removed: 5, Warnings: []Warning{one, two}}
	last := &End{Status: OK, Removed: 7, Warnings: []Warning{two, three}}
	parts := []Run{
		resumable("a", "", first, "1ok"), resumable("b", "", &End{Removed: 100, Warnings: []Warning{one}}),
		resumable("a", "a", nil, "2ok"), resumable("a", "a", last, "3ok", "4ok"),
	}
	want := &End{Status: OK, Removed: 12, Warnings: []Warning{one, two, three}}
	if d := cmp.Diff(want, Join(parts)[0].End); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if first.Removed != 5 || len(first.Warnings) != 2 || last.Removed != 7 || len(last.Warnings) != 2 {
		t.Errorf("what was given changed: %+v, %+v", first, last)
	}
}
