package results

import (
	"net/netip"
	"regexp"
	"strings"
)

// Redact takes out of a text that is going to be stored where the server is,
// and who asks: its addresses and names, whatever else names a host, and the
// credentials. What names code stays, as in stacks, and so do names of keys.
func (a Access) Redact(text string) string {
	for _, addr := range a.Addrs {
		text = strings.ReplaceAll(text, addr, "<server>")
		if host, _, ok := strings.Cut(addr, ":"); ok && host != "" && a.Network == "tcp" {
			text = replaceWord(text, host, "<server>")
		}
	}
	if a.Master != "" {
		text = replaceWord(text, a.Master, "<master>")
	}
	if len(a.Password) > shortSecret {
		text = strings.ReplaceAll(text, a.Password, "<secret>")
	}
	for _, secret := range []string{a.Password, a.Username} {
		if secret != "" && secret != "default" {
			text = replaceWord(text, secret, "<secret>")
		}
	}
	text = address.ReplaceAllString(text, "<address>")
	text = hostNames.ReplaceAllString(text, "${1}<address>")
	return tokens.ReplaceAllStringFunc(text, redactToken)
}

// shortSecret is up to which length a password is looked for as a word only:
// replacing it everywhere would tear other words apart and so tell it.
const shortSecret = 3

// replaceWord replaces whole words only.
func replaceWord(text, word, with string) string {
	re, err := regexp.Compile(edge(word[0]) + regexp.QuoteMeta(word) + edge(word[len(word)-1]))
	if err != nil {
		return text
	}
	return re.ReplaceAllLiteralString(text, with)
}

// edge matches where a word begins or ends with c, if nothing that belongs to
// words stands on the other side.
func edge(c byte) string {
	if c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' {
		return `\b`
	}
	return `\B`
}

var (
	// address matches an IP address with a port, and the "->" form of net errors.
	address = regexp.MustCompile(`(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.%\w]*:[0-9a-fA-F:.%\w]*\])(:\d+)?`)
	// hostNames matches what errors of package net and of crypto/x509 say of hosts.
	hostNames = regexp.MustCompile(`(\blookup |\b(?:dial|read|write) (?:tcp|udp|unix)[46]? |certificate is (?:valid|not valid) for )[^\s:<>]+(?:, not \S+)?(:\d+)?`)

	// tokens matches a line of a stack, or else one word, which may name a host:
	// servers and libraries do so in words of their own.
	tokens    = regexp.MustCompile(`(?m)^(?:created by )?[\w./~%@*\[\]…·()?-]+ ` + codeFile + `:\d+$|[\w:][\w.:-]*`)
	stackLine = regexp.MustCompile(` ` + codeFile + `:\d+$`)
	// innocent matches the words that look like a host: a place in code, a key, a
	// name in Go, an exception in Python.
	innocent = regexp.MustCompile(`^(?:` + codeFile + `(?::\d+)*|respbench:[a-z2-7]{8}:.*|[a-z]\w*(?:\.\w*[A-Z]\w*)+|\w+\.exceptions\.[A-Z]\w*)$`)
	// hostWord matches a name with a port, and one with a dot that does not end as
	// a version or a number with a unit does.
	hostWord = regexp.MustCompile(`^(?:\w*[A-Za-z][\w-]*(?:\.[\w-]+)*:\d+|\w[\w-]*(?:\.[\w-]+)*(?:\.[\w-]+:\d+|\.[A-Za-z][\w-]*))$`)
)

const codeFile = `[\w.-]+\.(?:go|s)`

func redactToken(token string) string {
	if stackLine.MatchString(token) {
		return token
	}
	word := strings.TrimRight(token, ".:-")
	if innocent.MatchString(word) || !hostWord.MatchString(word) && !isIPv6(word) {
		return token
	}
	return "<address>" + token[len(word):]
}

// isIPv6 knows an address without brackets, which servers write even before a
// port.
func isIPv6(word string) bool {
	if strings.Count(word, ":") < 2 {
		return false
	}
	_, err := netip.ParseAddr(word)
	if err != nil {
		_, err = netip.ParseAddr(word[:strings.LastIndexByte(word, ':')])
	}
	return err == nil
}
