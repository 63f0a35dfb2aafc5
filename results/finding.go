package results

import (
	"cmp"
	"slices"
)

// A Level says what a Finding means for what is measured.
type Level string

// Levels, as in the file.
const (
	LevelOK      Level = "ok"
	LevelNote    Level = "note"    // known to change numbers: say so beside them
	LevelProblem Level = "problem" // likely to spoil them
	LevelUnknown Level = "unknown" // could not be looked at
)

// MachineSubject is what a Finding about the client's machine has as About.
const MachineSubject = "machine"

// A Finding is what was seen, before a run, of one thing that could spoil it.
type Finding struct {
	Code   string `json:"code"`  // stable: "cpu-governor", "persistence"
	About  string `json:"about"` // MachineSubject, or the server's label, id or "server"
	Level  Level  `json:"level"`
	Text   string `json:"text"`
	Advice string `json:"advice,omitempty"` // how to mend it
}

// weights are how early findings of a level are shown; a level that this
// version does not know comes last.
var weights = map[Level]int{LevelProblem: 4, LevelNote: 3, LevelUnknown: 2, LevelOK: 1}

// WorstFirst returns the findings by level, those of one level in their order.
func WorstFirst(findings []Finding) []Finding {
	return slices.SortedStableFunc(slices.Values(findings), func(a, b Finding) int {
		return cmp.Compare(weights[b.Level], weights[a.Level])
	})
}
