package report

import (
	"reflect"
	"strings"
	"testing"

	"respbench.dev/respbench/internal/schematest"
	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// closedSets are the only values that fields take; the name is that of the type
// and the field. Where a field may be null, so may these.
var closedSets = map[string][]any{
	"jsonDocument.Schema":   {jsonSchema},
	"jsonSweep.Schema":      {sweepSchema},
	"jsonComparison.Schema": {comparisonSchema},
	"jsonSweep.Type":        {"sweep"},

	"jsonRow.Status":         {ok, partial, failed, skipped, interrupted},
	"jsonLoad.Arrivals":      {results.Uniform, results.Poisson},
	"jsonServer.Kind":        {"remote", "spawned", "embedded"},
	"jsonServer.Mode":        {results.Standalone, results.Sentinel, results.Cluster},
	"jsonServer.Transport":   {"tcp", "unix", "tls"},
	"jsonSettings.Context":   {"background", "deadline", "cancel"},
	"jsonSettings.RESP":      {2, 3},
	"jsonSettings.Isolation": {"process", "none"},
	"jsonPlacement.Pin":      {"split", "same", "custom", "none"},
	"jsonMetric.Better":      {"higher", "lower"},

	"jsonCurve.By":        {string(ByWorkers), string(ByRate)},
	"jsonCrossing.Metric": metricNames(),

	"jsonResult.Name":     {"not decidable", "lacking", "regression", "unsettled", "passed"},
	"jsonResult.ExitCode": {0, 3, 4, 5, 6},
	"jsonChange.Metric":   metricNames(),
	"jsonBreach.Metric":   metricNames(),
	"jsonChange.Unit":     {"ops/s", "ns", "us/op", "1/op", "B/op", "1"},
	"jsonChange.Better":   {"higher", "lower"},
	"jsonChange.Verdict": {
		string(stats.Regressed), string(stats.Improved), string(stats.Unchanged), string(stats.Inconclusive),
		string(Incomparable), string(Missing),
	},
	"jsonChange.Cause": {
		string(stats.CannotTell), string(stats.TooFew), string(stats.TooNoisy), string(stats.AtThreshold), string(stats.NotSignificant),
	},
}

// orNull are fields that are null although their types are no pointers.
var orNull = map[string]bool{"jsonSettings.Options": true}

func metricNames() []any {
	var names []any
	for _, m := range Metrics() {
		names = append(names, m.Name)
	}
	return names
}

// typeFiles hold the types of the documents.
var typeFiles = []string{"json.go", "jsonload.go", "jsondisturb.go", "sweepjson.go", "comparejson.go", "../results/trial.go"}

func newSchemaMaker(t *testing.T) *schematest.Maker {
	t.Helper()
	m := schematest.New(t, typeFiles...)
	m.Closed, m.OrNull, m.Name = closedSets, orNull, schemaName
	return m
}

// schemaName is that of a type among the definitions: those of package results
// stand beside ours.
func schemaName(t reflect.Type) string {
	name, ours := strings.CutPrefix(t.Name(), "json")
	if !ours {
		name = "Results" + name
	}
	return strings.ToLower(name[:1]) + name[1:]
}
