package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// jsonSchema is the version of the JSON document.
const jsonSchema = 1

// In the document, what is not known is null.
type (
	jsonDocument struct {
		Schema   int           `json:"schema"`
		Rows     []jsonRow     `json:"rows"`
		Findings []jsonFinding `json:"findings"` // of machine and servers, before the runs
	}
	jsonFinding struct {
		Run    string  `json:"run"`
		Code   string  `json:"code"`
		About  string  `json:"about"` // "machine", or which server
		Level  string  `json:"level"` // "problem", "note", "unknown" or "ok"
		Text   string  `json:"text"`
		Advice *string `json:"advice"` // what to do
	}
	jsonRow struct {
		Scenario     string                `json:"scenario"`
		Disturb      *string               `json:"disturb"`
		Op           *string               `json:"op"` // kind of op; null: nothing was measured
		Client       string                `json:"client"`
		Library      string                `json:"library"`
		Variant      string                `json:"variant"`
		Version      *string               `json:"version"`
		Unit         *string               `json:"unit"`   // one op, as throughput counts it per second
		Sample       *string               `json:"sample"` // what one latency is of
		OpsPerSample *int                  `json:"ops_per_sample"`
		Load         jsonLoad              `json:"load"`
		Server       jsonServer            `json:"server"`
		ClientHost   *string               `json:"client_host"` // label of the client's machine
		Conns        jsonConns             `json:"conns"`
		Settings     jsonSettings          `json:"settings"`
		Placement    jsonPlacement         `json:"placement"`
		Rounds       jsonRounds            `json:"rounds"`
		Status       string                `json:"status"`
		Unchecked    bool                  `json:"unchecked"` // the client looks at no reply
		Reason       *string               `json:"reason"`
		Throughput   *jsonMeasure          `json:"throughput"`  // of the unit, per second
		Latency      jsonLatency           `json:"latency_ns"`  // service time: from when a step was sent
		Response     *jsonLatency          `json:"response_ns"` // from when it was due; null: closed loop
		Schedule     *jsonSchedule         `json:"schedule"`
		Reads        *jsonReads            `json:"reads"`                // of all rounds
		CPU          *jsonMeasure          `json:"cpu_us_per_op"`        // of the client process, whatever the kind of op
		ServerCPU    *jsonMeasure          `json:"server_cpu_us_per_op"` // null: not known, or others used the server, too
		Allocs       *jsonMeasure          `json:"allocs_per_op"`        // of the client process, whatever the kind of op
		Bytes        *jsonMeasure          `json:"bytes_per_op"`         // allocated
		Metrics      map[string]jsonMetric `json:"metrics"`              // the scenario's own, by name
		Errors       map[string]int64      `json:"errors"`               // failed steps of all rounds, by class
		Warnings     []results.Warning     `json:"warnings"`
		Disturbance  *jsonDisturbance      `json:"disturbance"` // null: not disturbed, or no round is ok
	}
	jsonLoad struct {
		Workers   int            `json:"workers"`
		Depth     *int           `json:"depth"`     // pairs in a flush
		DataSize  *int           `json:"data_size"` // bytes of the largest value
		Sizes     *string        `json:"sizes"`     // of values, with weights; null: all have data_size
		Keyspace  *int           `json:"keyspace"`
		Keys      *string        `json:"keys"`      // which are taken; null: each worker its own
		Conns     *int           `json:"conns"`     // asked for; null: as many as the library itself takes
		Mix       *string        `json:"mix"`       // weights of the kinds of op
		HitRatio  *float64       `json:"hit_ratio"` // asked for
		BatchMax  *int           `json:"batch_max"` // commands in a batch
		BatchWait *time.Duration `json:"batch_delay_ns"`
		Receivers *int           `json:"receivers"`
		Commands  *string        `json:"commands"` // with weights, one a line
		Rate      *float64       `json:"rate"`     // ops a second; null: closed loop
		Arrivals  *string        `json:"arrivals"` // null: closed loop
	}
	jsonServer struct {
		Kind      string  `json:"kind"`
		Name      *string `json:"name"`
		Version   *string `json:"version"`
		Label     *string `json:"label"`
		Mode      *string `json:"mode"`
		Transport string  `json:"transport"`
	}
	jsonConns struct {
		Declared *int   `json:"declared"` // the most that the client said it would hold
		Dialled  *int64 `json:"dialled"`  // up to the end of the window
	}
	jsonSettings struct {
		Context        string            `json:"context"`
		RESP           *int              `json:"resp"`       // version of the protocol
		HeapBytes      int64             `json:"heap_bytes"` // live, before the window
		Timeout        time.Duration     `json:"timeout_ns"`
		ConnectTimeout time.Duration     `json:"connect_timeout_ns"`
		Isolation      string            `json:"isolation"`
		Options        map[string]string `json:"options"` // what the client really used; null: not known
	}
	jsonPlacement struct {
		Pin   *string `json:"pin"` // null: the system cannot pin
		Procs int     `json:"gomaxprocs"`
	}
	jsonRounds struct {
		Planned int `json:"planned"`
		OK      int `json:"ok"`
		Failed  int `json:"failed"`
	}
	jsonMeasure struct {
		Worst     float64   `json:"worst"`
		Best      float64   `json:"best"`
		Mean      float64   `json:"mean"`
		Median    float64   `json:"median"`
		Low       *float64  `json:"median_low"`  // lower end of the 95 % interval of the median
		High      *float64  `json:"median_high"` // its other end; null below six rounds
		Stdev     *float64  `json:"stdev"`       // of the sample; null for one round
		CVPercent *float64  `json:"cv_percent"`  // stdev in percent of the mean
		Values    []float64 `json:"values"`      // of each round, in their order
	}
	jsonLatency struct {
		Count *int64       `json:"count"` // samples; null: nothing is known
		Mean  *float64     `json:"mean"`
		Min   *int64       `json:"min"`
		Max   *int64       `json:"max"`
		P50   *jsonMeasure `json:"p50"`
		P90   *jsonMeasure `json:"p90"`
		P95   *jsonMeasure `json:"p95"`
		P99   *jsonMeasure `json:"p99"`
		P999  *jsonMeasure `json:"p999"`
	}
	// jsonMetric is of whole trials, whatever their kinds of op.
	jsonMetric struct {
		Unit   string       `json:"unit"`
		Better *string      `json:"better"` // null: neither way
		Mean   *jsonMeasure `json:"mean"`
		P50    *jsonMeasure `json:"p50"`
		P99    *jsonMeasure `json:"p99"`
		Max    *float64     `json:"max"`
	}
)

func writeJSON(w io.Writer, s *Summary, _ Layout) error {
	document := jsonDocument{Schema: jsonSchema, Rows: []jsonRow{}, Findings: findingsOf(s.Headers)}
	for _, r := range s.Rows {
		document.Rows = append(document.Rows, r.json())
	}
	return encode(w, document)
}

// encode writes a document that people may read, too.
func encode(w io.Writer, document any) error {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(document); err != nil {
		return fmt.Errorf("json: %w", err)
	}
	_, err := io.WriteString(w, escapeUnseen(out.String()))
	return err
}

func (r Row) json() jsonRow {
	row := jsonRow{
		Scenario: r.Point.Scenario, Disturb: known(r.Point.Disturb), Op: known(r.Op),
		Client: r.Point.Client(), Library: r.Point.Library, Variant: r.Key[results.FieldVariant],
		Version: known(r.Version), Unit: known(r.Unit), Sample: known(r.Sample), OpsPerSample: known(r.PerOp),
		Load: jsonOfLoad(r.Point.Load), ClientHost: known(r.Machine.Label),
		Server:   jsonOfServer(r.Server),
		Settings: jsonOfSettings(r.Point.Settings), Rounds: jsonRounds(r.Rounds),
		Placement: jsonPlacement{known(r.Point.Placement.Pin), r.Point.Placement.Procs},
		Status:    r.Status, Reason: known(r.Reason), Unchecked: r.unchecked(),
		Throughput: measure(r.Throughput), Latency: r.Latency.json(),
		CPU: measure(r.CPU), ServerCPU: measure(r.ServerCPU), Allocs: measure(r.Allocs), Bytes: measure(r.Bytes),
		Response: r.jsonResponse(), Schedule: r.Schedule.json(), Reads: jsonOfReads(r.Reads),
		Metrics: r.jsonMetrics(), Errors: r.Errors, Warnings: r.Warnings,
		Disturbance: r.Disturbance.json(r.Errors),
	}
	if r.Conns != nil {
		row.Conns = jsonConns{&r.Conns.Declared, &r.Conns.Dialled}
	}
	if r.Resolved != nil {
		row.Settings.RESP, row.Settings.Options = known(r.Resolved.RESP), r.Resolved.Options
	}
	if row.Warnings == nil {
		row.Warnings = []results.Warning{}
	}
	return row
}

// known is nil for a zero, where that means unknown.
func known[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func jsonOfLoad(l results.Load) jsonLoad {
	load := jsonLoad{
		Workers: l.Workers, Depth: known(l.Depth), DataSize: known(l.DataSize), Sizes: known(l.Sizes),
		Keyspace: known(l.Keyspace), Keys: known(l.Keys), Conns: known(l.Conns), Mix: known(l.Mix),
		BatchMax: known(l.BatchMax), BatchWait: known(l.BatchWait), Receivers: known(l.Receivers), Commands: known(l.Lines),
		Rate: known(l.Rate), Arrivals: known(l.Arrivals),
	}
	if l.Misses > 0 {
		load.HitRatio = new(1 - l.Misses)
	}
	return load
}

func jsonOfServer(s results.Server) jsonServer {
	return jsonServer{s.Kind, known(s.Name), known(s.Version), known(s.Label), known(s.Mode), cmp.Or(s.Transport, "tcp")}
}

func jsonOfSettings(s results.Settings) jsonSettings {
	return jsonSettings{
		Context: s.Context, RESP: known(s.RESP), HeapBytes: s.Heap,
		Timeout: s.Timeout, ConnectTimeout: s.ConnectTimeout, Isolation: s.Isolation,
	}
}

func measure(s *stats.Summary) *jsonMeasure {
	if s == nil {
		return nil
	}
	return &jsonMeasure{s.Worst, s.Best, s.Mean, s.Median, s.Low, s.High, s.Stdev, s.CVPercent, s.Values}
}

func (l Latency) json() jsonLatency {
	if l.Count == 0 {
		return jsonLatency{}
	}
	return jsonLatency{
		Count: &l.Count, Mean: &l.Mean, Min: &l.Min, Max: &l.Max,
		P50: measure(l.P50), P90: measure(l.P90), P95: measure(l.P95), P99: measure(l.P99), P999: measure(l.P999),
	}
}
