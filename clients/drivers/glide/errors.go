package main

import (
	"errors"
	"regexp"
	"strings"

	glide "github.com/valkey-io/valkey-glide/go/v2"
)

// signalled is how the core writes an error of the server: with a name of its
// own for the code that the server puts first. Codes for which it has none it
// leaves, with a colon behind.
var signalled = regexp.MustCompile(`(?s)^(?:An error was signalled by the server: - )?([A-Za-z]+): (.*)$`)

// codes are the server's, by the core's names.
var codes = map[string]string{
	"ResponseError": "ERR", "ReadOnly": "READONLY", "PermissionDenied": "NOPERM", "NoScriptError": "NOSCRIPT",
	"Moved": "MOVED", "Ask": "ASK", "TryAgain": "TRYAGAIN", "ClusterDown": "CLUSTERDOWN", "CrossSlot": "CROSSSLOT",
	"MasterDown": "MASTERDOWN", "BusyLoadingError": "LOADING", "ExecAbortError": "EXECABORT",
	"NotBusy": "NOTBUSY", "NoSub": "NOSUB",
}

// located is what comes before the reason why a client could not be opened.
var located = regexp.MustCompile("^Received error for address `[^`]*`: ")

// plain has an error of the server begin with what the server has sent, and says
// of one of the connection that it is one. Addresses are not repeated.
func plain(err error) error {
	if err == nil {
		return nil
	}
	text := strings.TrimSpace(located.ReplaceAllString(err.Error(), ""))
	_, ended := errors.AsType[*glide.DisconnectError](err)
	switch parts := signalled.FindStringSubmatch(text); {
	case strings.Contains(text, "Connection refused"):
		return errors.New("connection refused: " + text)
	case ended, strings.HasPrefix(text, "Received connection error"):
		return errors.New("connection closed: " + text)
	case parts == nil:
		return err
	case codes[parts[1]] != "":
		return errors.New(codes[parts[1]] + " " + parts[2])
	case parts[1] == strings.ToUpper(parts[1]):
		return errors.New(parts[1] + " " + parts[2])
	}
	return err
}
