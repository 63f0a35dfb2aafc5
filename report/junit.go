package report

import (
	"encoding/xml"
	"fmt"
	"io"

	"respbench.dev/respbench/internal/stats"
)

// The document as CI systems read it: what is regressed is a failure, what
// could not be compared an error, and what is inconclusive was skipped.
type (
	junitDocument struct {
		XMLName xml.Name   `xml:"testsuites"`
		Suite   junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitProblem `xml:"failure,omitempty"`
		Error   *junitProblem `xml:"error,omitempty"`
		Skipped *junitProblem `xml:"skipped,omitempty"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitProblem struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr"`
	}
)

const junitName = "respbench compare"

func writeJUnit(w io.Writer, c *Comparison, _ Layout) error {
	suite := junitSuite{Name: junitName}
	for _, change := range c.Changes {
		if change.Gated {
			suite.add(change.junit())
		}
	}
	for _, b := range c.Breaches {
		suite.add(junitCase{Class: plain(b.Cell), Name: "limit " + plain(b.Limit.Text), Failure: problem("limit", b.Text)})
	}
	for i, text := range c.Unlimited {
		suite.add(junitCase{Class: junitName, Name: fmt.Sprintf("limit not checked, %d", i+1), Skipped: problem("", text)})
	}
	suite.add(c.junitResult())
	text, err := xml.MarshalIndent(junitDocument{Suite: suite}, "", "  ")
	if err != nil {
		return fmt.Errorf("junit: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func problem(kind, message string) *junitProblem {
	return &junitProblem{Type: kind, Message: plain(message)}
}

func (c Change) junit() junitCase {
	test := junitCase{Class: plain(c.Cell), Name: c.Metric.Name, Output: plain(c.values())}
	message := c.why()
	switch kind := string(c.Verdict); c.Verdict {
	case stats.Regressed:
		test.Failure = problem(kind, message)
	case Missing, Incomparable:
		test.Error = problem(kind, message)
	case stats.Inconclusive:
		test.Skipped = problem("", kind+": "+message)
	}
	return test
}

// values are what the row of a table says.
func (c Change) values() string {
	return fmt.Sprintf("%s: base %s, new %s, change %s (90%% interval %s)",
		c.metricWords(), c.median(c.Base), c.median(c.New), c.change(), c.interval())
}

// junitResult fails with the whole: a comparison that decided nothing must not
// look like one that passed.
func (c *Comparison) junitResult() junitCase {
	test := junitCase{Class: junitName, Name: "result"}
	switch result, why := c.Result(c.Rules.Strict); result {
	case Passed:
	case NotDecidable, Lacking:
		test.Error = problem(result.String(), why)
	default:
		test.Failure = problem(result.String(), why)
	}
	return test
}
