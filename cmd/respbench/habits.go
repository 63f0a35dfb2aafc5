package main

import (
	"fmt"
	"strconv"
	"strings"
)

// habit answers flags as redis-benchmark and redis-cli have them and respbench
// has not, or uses for something else, with a sentence that names ours.
func habit(args []string) error {
	for i, arg := range args {
		if arg == "--" {
			return nil
		}
		value := ""
		if i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
			value = args[i+1]
		}
		switch name, attached, is := strings.Cut(arg, "="); {
		case strings.HasPrefix(arg, "--") && is:
			arg, value = name, attached
		case len(arg) > 2 && arg[0] == '-' && arg[1] != '-':
			arg, value = arg[:2], strings.TrimPrefix(arg[2:], "=") // -c50, -c=50
		}
		if sentence := habitOf(arg, value); sentence != "" {
			return fmt.Errorf("%s", sentence)
		}
	}
	return nil
}

func habitOf(flag, value string) string {
	switch flag {
	case "-h":
		if value != "" {
			return fmt.Sprintf("-h is help; the host is --host %s, or --url redis://%s:6379", value, value)
		}
	case "-c":
		if _, err := strconv.Atoi(value); err == nil {
			return fmt.Sprintf("-c names the clients (-c rueidis,redigo); the number of workers is -w %s", value)
		}
	case "-s":
		if strings.ContainsAny(value, "/\\") || strings.HasSuffix(value, ".sock") {
			return fmt.Sprintf("-s names the scenarios (-s sync,concurrent); a unix socket is --url unix://%s", value)
		}
	case "-a", "--pass", "--askpass":
		return flag + " is not taken, for a password on the command line is seen by everybody; set REDISCLI_AUTH or use --password-file FILE"
	case "--cluster":
		return "--cluster is not taken; a cluster is --url redis+cluster://HOST:PORT,HOST:PORT"
	case "--dbnum":
		return fmt.Sprintf("--dbnum is not taken; the database is in the URL: --url redis://HOST/%s", orWord(value, "N"))
	case "--cacertdir":
		return "--cacertdir is not taken; --cacert FILE takes a file with all its certificates"
	case "--tls-ciphers", "--tls-ciphersuites":
		return flag + " is not taken; TLS is version 1.2 or later, with the ciphers of Go"
	case "-r":
		return fmt.Sprintf("-r is not taken; the number of keys is -k %s", orWord(value, "N"))
	case "-t":
		return fmt.Sprintf("-t is not taken; scenarios are -s %s (see respbench list scenarios)", orWord(value, "set,get"))
	case "-q":
		return "-q is not taken; --progress none is quiet, and --format json is for programs"
	}
	return ""
}

func orWord(value, word string) string {
	if value == "" {
		return word
	}
	return value
}
