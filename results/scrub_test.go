package results

import (
	"strings"
	"testing"
)

func TestScrub(t *testing.T) {
	tests := []struct{ name, args, want string }{
		{"program's path", "/home/me/bin/respbench", "respbench"},
		{"kept", "x run -c raw,rueidis:* --scenarios=sync -w1,10 --pin split --dry-run", "respbench run -c raw,rueidis:* --scenarios=sync -w=1,10 --pin split --dry-run"},
		{"drivers", "x run -c raw,exec:/home/me/d:v,exec:./e --clients=exec:f", "respbench run -c raw,exec:d:v,exec:e --clients=exec:f"},
		{"url", "x run --url redis://me:secret@db.example:6379/0", "respbench run --url <url>"},
		{"url, attached", "x run --url=redis://me:secret@db.example -uredis://secret -u=redis://secret", "respbench run --url=<url> -u=<url> -u=<url>"},
		{"address", "x run --host db.example -p 6380 --user secret --sni secret.example", "respbench run --host <host> -p <port> --user <user> --sni <host>"},
		{"files", "x run --password-file /home/me/secret --cacert=/home/me/ca -o /home/me/out", "respbench run --password-file <path> --cacert=<path> -o <path>"},
		{"plan", "x run /home/me/plan.yaml", "respbench run plan.yaml"},
		{"url as a plan", "x run redis://secret@host", "respbench run <url>"},
		{"server by name", "x run --server redis-server", "respbench run --server redis-server"},
		{"server by path", "x run --server /home/me/redis-server --server=./secret", "respbench run --server <path> --server=<path>"},
		{"unknown flag", "x run --secret hunter2 --other=hunter2 -z hunter2 --flag --tls", "respbench run --secret <value> --other=<value> -z <value> --flag --tls"},
		{"missing value", "x run --url", "respbench run --url"},
		{"switch with a value", "x run --tls=secret", "respbench run --tls=<value>"},
		{"value like a flag", "x run --user -secret --force", "respbench run --user <user> --force"},
		{"after the flags", "x run -- /home/me/-u redis://secret", "respbench run -- -u <url>"},
		{"stdout", "x run -o -", "respbench run -o <path>"},
		{"dash", "x report -", "respbench report -"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.Join(Scrub(strings.Fields(test.args)), " "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	if got := Scrub(nil); len(got) != 1 {
		t.Errorf("of no arguments: %q", got)
	}
}

func TestThisMachine(t *testing.T) {
	m := ThisMachine()
	if m.Cores < 1 || m.Arch == "" || m.OS == "" || m.Label != "" {
		t.Errorf("%+v", m)
	}
}
