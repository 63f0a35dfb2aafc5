package embedded

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gomodule/redigo/redis"
	"github.com/google/go-cmp/cmp"
	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"
)

const password = "se cret"

func TestRedisCLI(t *testing.T) {
	s := start(t, Options{Password: password})
	_, port, _ := strings.Cut(s.Addr().String(), ":")
	tests := []struct {
		name, input, want string
	}{
		{"types", "SET k v EX 100\nGET k\nGET none\nTTL k\nMSET a 1 b 2\nMGET a none b\nINCR a\n", "OK\n\"v\"\n(nil)\n(integer) 100\nOK\n1) \"1\"\n2) (nil)\n3) \"2\"\n(integer) 2\n"},
		{"binary", `SET b "\x00\r\n\xff"` + "\nGET b\n", "OK\n\"\\x00\\r\\n\\xff\"\n"},
		{"errors", "nosuch a\nGET\nINCR k\n", "(error) ERR unknown command 'nosuch', with args beginning with: 'a' \n(error) ERR wrong number of arguments for 'get' command\n(error) ERR value is not an integer or out of range\n"},
		{"transaction", "MULTI\nSET t 1\nINCR t\nEXEC\nEXEC\n", "OK\nQUEUED\nQUEUED\n1) OK\n2) (integer) 2\n(error) ERR EXEC without MULTI\n"},
		{"maps", "CONFIG GET max*\n", "1) \"maxmemory\"\n2) \"0\"\n3) \"maxmemory-policy\"\n4) \"noeviction\"\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := redisCLI(t, tt.input, "-p", port, "--no-raw"); got != tt.want {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
	if got := redisCLI(t, "", "-p", port, "-3", "--no-raw", "CONFIG", "GET", "save"); got != "1# \"save\" => \"\"\n" {
		t.Errorf("RESP3 map: %q", got)
	}
	if got := redisCLI(t, "", "-p", port, "--scan", "--pattern", "[ab]"); got != "a\nb\n" && got != "b\na\n" {
		t.Errorf("--scan: %q", got)
	}
}

func redisCLI(t *testing.T, input string, args ...string) string {
	t.Helper()
	cmd := exec.Command("redis-cli", args...)
	cmd.Env = append(cmd.Environ(), "REDISCLI_AUTH="+password)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("redis-cli %q: %v: %s", args, err, out)
	}
	return string(out)
}

func TestGoRedis(t *testing.T) {
	s := start(t, Options{Password: password})
	for _, proto := range []int{2, 3} {
		t.Run(fmt.Sprint("RESP", proto), func(t *testing.T) {
			c := goredis.NewClient(&goredis.Options{Addr: s.Addr().String(), Password: password, Protocol: proto, DB: proto, ClientName: "gr"})
			defer c.Close()
			ctx := t.Context()
			if err := c.Set(ctx, "k", "\x00v", time.Minute).Err(); err != nil {
				t.Fatal(err)
			}
			if v, err := c.Get(ctx, "k").Result(); err != nil || v != "\x00v" {
				t.Errorf("Get: %q %v", v, err)
			}
			if _, err := c.Get(ctx, "none").Result(); !errors.Is(err, goredis.Nil) {
				t.Errorf("a miss is %v", err)
			}
			if ok, err := c.SetNX(ctx, "k", "w", 0).Result(); err != nil || ok {
				t.Errorf("SetNX: %v %v", ok, err)
			}
			if d, err := c.TTL(ctx, "k").Result(); err != nil || d != time.Minute {
				t.Errorf("TTL: %v %v", d, err)
			}
			goRedisMany(t, c)
		})
	}
}

func goRedisMany(t *testing.T, c *goredis.Client) {
	ctx := t.Context()
	replies, err := c.TxPipelined(ctx, func(p goredis.Pipeliner) error {
		p.MSet(ctx, "a", "1", "b", "x")
		p.Incr(ctx, "a")
		p.MGet(ctx, "a", "none")
		p.Incr(ctx, "b")
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "not an integer") || len(replies) != 4 {
		t.Errorf("TxPipelined: %v, %d replies", err, len(replies))
	}
	if diff := cmp.Diff([]any{"2", nil}, replies[2].(*goredis.SliceCmd).Val()); diff != "" {
		t.Errorf("MGet: %s", diff)
	}
	if keys, _, err := c.Scan(ctx, 0, "[ab]", 1000).Result(); err != nil || len(keys) != 2 {
		t.Errorf("Scan: %q %v", keys, err)
	}
	if commands, err := c.Command(ctx).Result(); err != nil || commands["get"].Arity != 2 {
		t.Errorf("Command: %v %v", commands["get"], err)
	}
	if conf, err := c.ConfigGet(ctx, "maxmemory*").Result(); err != nil || conf["maxmemory-policy"] != "noeviction" {
		t.Errorf("ConfigGet: %v %v", conf, err)
	}
	if text, err := c.Info(ctx, "commandstats").Result(); err != nil || !strings.Contains(text, "cmdstat_get:calls=") {
		t.Errorf("Info: %q %v", text, err)
	}
	if n, err := c.Unlink(ctx, "a", "b", "k").Result(); err != nil || n != 3 {
		t.Errorf("Unlink: %d %v", n, err)
	}
	if n, err := c.DBSize(ctx).Result(); err != nil || n != 0 {
		t.Errorf("DBSize: %d %v", n, err)
	}
}

func TestRueidis(t *testing.T) {
	s := start(t, Options{Password: password})
	for _, resp2 := range []bool{false, true} {
		t.Run(fmt.Sprint("RESP2 ", resp2), func(t *testing.T) {
			c, err := rueidis.NewClient(rueidis.ClientOption{
				InitAddress: []string{s.Addr().String()}, Password: password,
				ForceSingleClient: true, DisableCache: true, AlwaysRESP2: resp2, SelectDB: 5, ClientName: "ru",
			})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			rueidisCommands(t, c)
		})
	}
}

func rueidisCommands(t *testing.T, c rueidis.Client) {
	ctx := context.Background()
	if err := c.Do(ctx, c.B().Set().Key("k").Value("v").ExSeconds(60).Build()).Error(); err != nil {
		t.Fatal(err)
	}
	if v, err := c.Do(ctx, c.B().Get().Key("k").Build()).ToString(); err != nil || v != "v" {
		t.Errorf("Get: %q %v", v, err)
	}
	if err := c.Do(ctx, c.B().Get().Key("none").Build()).Error(); !rueidis.IsRedisNil(err) {
		t.Errorf("a miss is %v", err)
	}
	err := c.Do(ctx, c.B().Incr().Key("k").Build()).Error()
	if text, ok := rueidis.IsRedisErr(err); !ok || !strings.Contains(text.Error(), "not an integer") {
		t.Errorf("Incr: %v", err)
	}
	replies := c.DoMulti(ctx, c.B().Multi().Build(), c.B().Get().Key("k").Build(), c.B().Exec().Build())
	if got, err := replies[2].AsStrSlice(); err != nil || len(got) != 1 || got[0] != "v" {
		t.Errorf("transaction: %q %v", got, err)
	}
	if conf, err := c.Do(ctx, c.B().ConfigGet().Parameter("save").Build()).AsStrMap(); err != nil || len(conf) != 1 {
		t.Errorf("ConfigGet: %v %v", conf, err)
	}
	if page, err := c.Do(ctx, c.B().Scan().Cursor(0).Match("k").Count(1000).Build()).AsScanEntry(); err != nil || len(page.Elements) != 1 {
		t.Errorf("Scan: %v %v", page, err)
	}
	if err := c.Do(ctx, c.B().Flushdb().Build()).Error(); err != nil {
		t.Error(err)
	}
}

func TestRedigo(t *testing.T) {
	s := start(t, Options{Password: password})
	c, err := redis.Dial("tcp", s.Addr().String(), redis.DialPassword(password), redis.DialDatabase(6), redis.DialClientName("rg"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Do("SET", "k", "v"); err != nil {
		t.Fatal(err)
	}
	if v, err := redis.String(c.Do("GET", "k")); err != nil || v != "v" {
		t.Errorf("GET: %q %v", v, err)
	}
	if _, err := redis.String(c.Do("GET", "none")); !errors.Is(err, redis.ErrNil) {
		t.Errorf("a miss is %v", err)
	}
	if _, err := c.Do("INCR", "k"); err == nil || err.Error() != errNotInteger {
		t.Errorf("INCR: %v", err)
	}
	c.Send("MULTI")
	c.Send("MGET", "k", "none")
	if got, err := redis.Values(c.Do("EXEC")); err != nil || len(got) != 1 {
		t.Errorf("transaction: %v %v", got, err)
	}
	if conf, err := redis.StringMap(c.Do("CONFIG", "GET", "save", "appendonly")); err != nil || conf["appendonly"] != "no" {
		t.Errorf("CONFIG GET: %v %v", conf, err)
	}
	if _, err := redis.Dial("tcp", s.Addr().String(), redis.DialPassword("wrong")); err == nil || !strings.HasPrefix(err.Error(), "WRONGPASS") {
		t.Errorf("a wrong password: %v", err)
	}
}
