package driver

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// How much a description may hold.
const (
	mostEntries    = 64  // of each list and map
	longestText    = 200 // bytes
	longestPackage = 100
)

var (
	namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	// packagePattern matches a name, one in a scope, and a path that begins with a
	// domain, as Go has them: no place in a file system.
	packagePattern = regexp.MustCompile(`^(@[\w.-]+/)?\w[\w.-]*$|^[\w-]+(\.[\w-]+)+(/\w[\w.~-]*)+$`)
	versionPattern = regexp.MustCompile(`^[\w.+~-]{1,64}$`)
)

// firstVariant is the name of every client's first one.
const firstVariant = "default"

// transports are those that there are.
var transports = []string{"tcp", "unix", "tls"}

// parseDescription reads what a driver says of itself. Fields that are not known
// are left alone.
func parseDescription(text []byte) (Description, error) {
	var d Description
	if err := json.Unmarshal(text, &d); err != nil {
		return Description{}, fmt.Errorf("its description is not one JSON object: %s", quoted(string(text)))
	}
	if err := d.check(); err != nil {
		return Description{}, fmt.Errorf("its description: %w", err)
	}
	return d, nil
}

func (d Description) check() error {
	switch {
	case d.Protocol != Protocol:
		return fmt.Errorf("protocol %d; have %d", d.Protocol, Protocol)
	case d.CPUs < 0:
		return fmt.Errorf("cpus %d; from 0, which is any number", d.CPUs)
	case d.Speaks != "" && d.Speaks != SpeaksTrial:
		return fmt.Errorf("speaks %s; have %q, or nothing for a driver", quoted(d.Speaks), SpeaksTrial)
	}
	return firstOf(
		checkName("name", d.Name),
		checkText("runtime", d.Runtime),
		d.checkPackages(), d.checkScenarios(), d.checkTransports(), d.checkClients(),
	)
}

// firstOf is errors.Join of the first error alone: the others may follow from it.
func firstOf(errs ...error) error {
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return errs[i]
	}
	return nil
}

func checkName(what, name string) error {
	if !namePattern.MatchString(name) {
		return fmt.Errorf("%s %s: lower-case letters, digits and dashes, at most 40", what, quoted(name))
	}
	return nil
}

// checkText refuses what would not fit, or would spoil, a line of a terminal.
func checkText(what, text string) error {
	if len(text) > longestText || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("%s %s: one line of at most %d bytes", what, quoted(text), longestText)
	}
	return nil
}

func checkMany(what string, n int) error {
	if n > mostEntries {
		return fmt.Errorf("%d %s; at most %d", n, what, mostEntries)
	}
	return nil
}

func (d Description) checkPackages() error {
	for name, version := range d.Packages {
		if !isPackage(name) || !versionPattern.MatchString(version) || isAddress(version) {
			return fmt.Errorf("packages: %s %s is no name with a version", quoted(name), quoted(version))
		}
	}
	return checkMany("packages", len(d.Packages))
}

// isPackage tells names of packages from places.
func isPackage(name string) bool {
	return len(name) <= longestPackage && packagePattern.MatchString(name) && !isAddress(name)
}

func isAddress(text string) bool {
	first, _, _ := strings.Cut(text, "/")
	_, err := netip.ParseAddr(first)
	return err == nil
}

func (d Description) checkScenarios() error {
	for name, version := range d.Scenarios {
		if err := checkName("scenario", name); err != nil {
			return err
		}
		if version < 1 {
			return fmt.Errorf("scenario %s: version %d; at least 1", name, version)
		}
	}
	if len(d.Scenarios) == 0 {
		return errors.New("no scenarios")
	}
	return checkMany("scenarios", len(d.Scenarios))
}

func (d Description) checkTransports() error {
	for _, t := range d.Transports {
		if !slices.Contains(transports, t) {
			return fmt.Errorf("transport %s; have %s", quoted(t), strings.Join(transports, ", "))
		}
	}
	if len(d.Transports) == 0 {
		return fmt.Errorf("no transports; have %s", strings.Join(transports, ", "))
	}
	return checkMany("transports", len(d.Transports))
}

func (d Description) checkClients() error {
	if len(d.Clients) == 0 {
		return errors.New("no clients")
	}
	seen := map[string]bool{}
	for _, c := range d.Clients {
		if seen[c.Name] {
			return fmt.Errorf("two clients %s", quoted(c.Name))
		}
		seen[c.Name] = true
		if err := c.check(); err != nil {
			return err
		}
	}
	return checkMany("clients", len(d.Clients))
}

func (c Client) check() error {
	if err := checkName("client", c.Name); err != nil {
		return err
	}
	switch {
	case !isPackage(c.Package):
		return fmt.Errorf("client %s: package %s is no name", c.Name, quoted(c.Package))
	case len(c.RESP) == 0 || slices.ContainsFunc(c.RESP, func(v int) bool { return v != 2 && v != 3 }):
		return fmt.Errorf("client %s: resp %d; of 2, 3", c.Name, c.RESP[:min(len(c.RESP), mostEntries)])
	case len(c.Variants) == 0 || c.Variants[0].Name != firstVariant:
		return fmt.Errorf("client %s: its first variant must be named %s", c.Name, firstVariant)
	}
	seen := map[string]bool{}
	for _, v := range c.Variants {
		if seen[v.Name] {
			return fmt.Errorf("client %s: two variants %s", c.Name, quoted(v.Name))
		}
		seen[v.Name] = true
		if err := v.check(); err != nil {
			return fmt.Errorf("client %s: %w", c.Name, err)
		}
	}
	return checkMany("variants of "+c.Name, len(c.Variants))
}

func (v Variant) check() error {
	if v.MostConns < 0 {
		return fmt.Errorf("variant %s: most_conns %d; at least 0", v.Name, v.MostConns)
	}
	return firstOf(checkName("variant", v.Name), checkText("doc", v.Doc), checkText("missing", v.Missing))
}
