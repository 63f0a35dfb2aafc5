package results

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// longestLine bounds what a damaged file can make the reader hold; a trial
// with histograms of many kinds stays far below it.
const longestLine = 256 << 20

// ReadFile reads every run of the file at path, which may be packed by gzip.
func ReadFile(path string) ([]Run, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("results file: %w", err)
	}
	defer file.Close()
	plain, err := unpacked(file)
	if err != nil {
		return nil, fmt.Errorf("results file %s: %w", path, err)
	}
	runs, err := Read(plain)
	if err != nil {
		return nil, fmt.Errorf("results file %s: %w", path, err)
	}
	return runs, nil
}

// unpacked is what r holds, also if that was packed by gzip.
func unpacked(r io.Reader) (io.Reader, error) {
	peeked := bufio.NewReader(r)
	if magic, _ := peeked.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return peeked, nil
	}
	return gzip.NewReader(peeked)
}

// Read reads every run of r and checks what later code relies on. A last line
// that was cut off is left out and noted in its run; anything else that is
// wrong is an error that names the line.
func Read(r io.Reader) ([]Run, error) {
	var p parser
	lines := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := nextLine(lines, longestLine)
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("line %d: %w", p.number+1, err)
		}
		if bad := p.line(line); bad != nil {
			return nil, fmt.Errorf("line %d: %w", p.number, bad)
		}
		if err == io.EOF {
			break
		}
	}
	if len(p.runs) == 0 {
		return nil, errors.New("no run in it")
	}
	return p.runs, nil
}

// nextLine returns the next line with its newline, which a cut last line
// lacks; with that comes io.EOF.
func nextLine(r *bufio.Reader, longest int) ([]byte, error) {
	var line []byte
	for {
		piece, err := r.ReadSlice('\n')
		line = append(line, piece...)
		if len(line) > longest {
			return nil, fmt.Errorf("longer than %d bytes", longest)
		}
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

// A parser collects runs from lines.
type parser struct {
	number int
	runs   []Run
	check  checker // of the run that is being read
}

func (p *parser) line(line []byte) error {
	p.number++
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	if !bytes.HasSuffix(line, []byte("\n")) && !json.Valid(line) {
		return p.cut()
	}
	var kind struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(line, &kind); err != nil {
		return fmt.Errorf("not a line of results: %w", err)
	}
	switch {
	case kind.Type == headerLine:
		return p.header(line)
	case len(p.runs) == 0:
		return errors.New("not a results file: it does not begin with a header")
	case kind.Type == trialLine:
		return p.trial(line)
	case kind.Type == endLine:
		return p.end(line)
	}
	p.note("line %d has the unknown type %q and is ignored", p.number, kind.Type)
	return nil
}

func (p *parser) cut() error {
	if len(p.runs) == 0 {
		return errors.New("cut off within its header, or not a results file")
	}
	p.note("line %d, the last, is cut off and left out", p.number)
	return nil
}

func (p *parser) header(line []byte) error {
	var version struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(line, &version); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	if version.Schema != Schema {
		return fmt.Errorf("schema %d is not known; this respbench reads schema %d", version.Schema, Schema)
	}
	var h Header
	if err := json.Unmarshal(line, &h); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	var err error
	if p.check, err = checkHeader(h); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	p.runs = append(p.runs, Run{Header: h})
	return nil
}

func (p *parser) trial(line []byte) error {
	var t Trial
	if err := json.Unmarshal(line, &t); err != nil {
		return fmt.Errorf("trial: %w", err)
	}
	if err := p.check.trial(t); err != nil {
		return fmt.Errorf("trial %d: %w", t.Order, err)
	}
	run := p.run()
	run.Trials = append(run.Trials, t)
	return nil
}

func (p *parser) end(line []byte) error {
	run := p.run()
	if run.End != nil {
		return errors.New("a second end of the same run")
	}
	var e End
	if err := json.Unmarshal(line, &e); err != nil {
		return fmt.Errorf("end: %w", err)
	}
	run.End = &e
	return nil
}

func (p *parser) run() *Run { return &p.runs[len(p.runs)-1] }

func (p *parser) note(format string, args ...any) {
	run := p.run()
	run.Notes = append(run.Notes, fmt.Sprintf(format, args...))
}
