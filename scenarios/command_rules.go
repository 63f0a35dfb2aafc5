package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// refusedCommands are commands, or all of a module, that would harm others, take
// over a connection that others share, or stand in the way of measuring. What is
// in none of these lists is taken to have one key, right after its name.
var refusedCommands = invert(map[string]string{
	"it changes or takes over the connection, which others may share": `SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE
		PUNSUBSCRIBE SUNSUBSCRIBE MONITOR SYNC PSYNC SELECT AUTH HELLO CLIENT RESET QUIT READONLY READWRITE ASKING`,
	"a transaction cannot be sent in single commands":        "MULTI EXEC DISCARD WATCH UNWATCH",
	"it waits in the server; see queue and queue-streams":    "BLPOP BRPOP BRPOPLPUSH BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF",
	"it would reach other people's subscribers; see pubsub":  "PUBLISH SPUBLISH",
	"it reaches keys that are not respbench's own":           "KEYS SCAN RANDOMKEY MOVE MIGRATE FLUSHALL FLUSHDB SWAPDB",
	"what a script sends, the server counts as commands too": "EVAL EVALSHA EVAL_RO EVALSHA_RO FCALL FCALL_RO TFCALL TFCALLASYNC",
	"it may have keys that are not respbench's own": `MSETEX JSON.MSET JSON.MGET TS.MADD TS.CREATERULE TS.DELETERULE TS.MGET TS.MRANGE
		TS.MREVRANGE TS.QUERYINDEX CMS.MERGE TDIGEST.MERGE GRAPH.COPY AI.* RG.* KEYDB.*`,
	"its indexes are of keys that are not respbench's own": "FT.* _FT.*",
	"it changes or asks the server itself": `SHUTDOWN CONFIG DEBUG REPLICAOF SLAVEOF REPLCONF FAILOVER CLUSTER SENTINEL SAVE
		BGSAVE BGREWRITEAOF ACL MODULE LATENCY SLOWLOG SCRIPT FUNCTION INFO COMMAND ROLE PFDEBUG PFSELFTEST`,
})

// refusal is why a command is not sent, or empty.
func refusal(name string) string {
	module, _, _ := strings.Cut(name, ".")
	return cmp.Or(refusedCommands[name], refusedCommands[module+".*"])
}

// onLoaded are the commands whose {key} is a string that was loaded: they
// leave it as it is. A SET or MSET that writes {value} alone does, too.
var onLoaded = invert(map[string]string{
	"": `GET MGET STRLEN GETRANGE SUBSTR GETBIT BITCOUNT BITPOS EXISTS TOUCH TYPE TTL PTTL EXPIRETIME PEXPIRETIME
		DUMP OBJECT MEMORY`,
})

// families are the sets of keys of all other commands, one for each type, so
// that no command meets a key of another.
var families = invert(map[string]string{
	"string": `SET SETNX SETEX PSETEX GETSET GETEX GETDEL APPEND SETRANGE MSET MSETNX LCS DEL UNLINK EXPIRE PEXPIRE
		EXPIREAT PEXPIREAT PERSIST RENAME RENAMENX COPY RESTORE`,
	"number": "INCR DECR INCRBY DECRBY",
	"float":  "INCRBYFLOAT",
	"bits":   "SETBIT BITFIELD BITFIELD_RO BITOP",
	"hll":    "PFADD PFCOUNT PFMERGE",
	"geo":    "GEOADD GEODIST GEOHASH GEOPOS GEORADIUS GEORADIUS_RO GEORADIUSBYMEMBER GEORADIUSBYMEMBER_RO GEOSEARCH GEOSEARCHSTORE",
	"hash": `HSET HGET HMSET HMGET HGETALL HDEL HEXISTS HINCRBY HINCRBYFLOAT HKEYS HVALS HLEN HSTRLEN HSETNX HRANDFIELD HSCAN
		HEXPIRE HPEXPIRE HEXPIREAT HPEXPIREAT HTTL HPTTL HPERSIST HGETEX HSETEX HGETDEL`,
	"list": "LPUSH RPUSH LPUSHX RPUSHX LPOP RPOP LLEN LRANGE LINDEX LINSERT LREM LSET LTRIM LPOS LMOVE RPOPLPUSH LMPOP SORT SORT_RO",
	"set":  "SADD SREM SMEMBERS SISMEMBER SMISMEMBER SCARD SPOP SRANDMEMBER SMOVE SINTER SUNION SDIFF SINTERSTORE SUNIONSTORE SDIFFSTORE SINTERCARD SSCAN",
	"zset": `ZADD ZREM ZRANGE ZRANGESTORE ZRANGEBYSCORE ZREVRANGEBYSCORE ZRANGEBYLEX ZREVRANGEBYLEX ZREVRANGE ZRANK ZREVRANK
		ZSCORE ZMSCORE ZCARD ZCOUNT ZLEXCOUNT ZINCRBY ZPOPMIN ZPOPMAX ZMPOP ZRANDMEMBER ZREMRANGEBYRANK ZREMRANGEBYSCORE
		ZREMRANGEBYLEX ZUNION ZINTER ZDIFF ZUNIONSTORE ZINTERSTORE ZDIFFSTORE ZINTERCARD ZSCAN`,
	"stream": "XADD XLEN XRANGE XREVRANGE XREAD XREADGROUP XACK XDEL XTRIM XINFO XGROUP XCLAIM XAUTOCLAIM XPENDING XSETID",
})

// keyless commands need no {key}.
var keyless = invert(map[string]string{"": "PING ECHO TIME LASTSAVE DBSIZE"})

// keyPlaces are where the keys of commands are whose first word after the name
// is not all of them.
var keyPlaces = invert(map[string]string{
	"all":       "DEL UNLINK EXISTS TOUCH MGET SINTER SUNION SDIFF SINTERSTORE SUNIONSTORE SDIFFSTORE PFCOUNT PFMERGE",
	"pairs":     "MSET MSETNX",
	"two":       "RENAME RENAMENX COPY LMOVE RPOPLPUSH SMOVE ZRANGESTORE GEOSEARCHSTORE LCS",
	"second":    "OBJECT MEMORY XINFO XGROUP",
	"operation": "BITOP",
	"counted":   "SINTERCARD ZUNION ZINTER ZDIFF ZINTERCARD LMPOP ZMPOP",
	"store":     "ZUNIONSTORE ZINTERSTORE ZDIFFSTORE",
	"streams":   "XREAD XREADGROUP",
})

// otherKeys are words with which a command reaches keys, a database or a wait
// beyond what is known of it.
var otherKeys = map[string]string{
	"SORT": "STORE BY GET", "SORT_RO": "BY GET", "GEORADIUS": "STORE STOREDIST", "GEORADIUSBYMEMBER": "STORE STOREDIST",
	"COPY": "DB", "XREAD": "BLOCK", "XREADGROUP": "BLOCK",
}

// notConfirmed are commands that are sent besides, by the library or when
// scenarios clean up, or that the server counts by their subcommand.
var notConfirmed = invert(map[string]string{"": "PING UNLINK OBJECT MEMORY XINFO XGROUP"})

func invert(lists map[string]string) map[string]string {
	by := map[string]string{}
	for value, list := range lists {
		for name := range strings.FieldsSeq(list) {
			by[name] = value
		}
	}
	return by
}

// keysAt returns which words of a command are its keys.
func keysAt(name string, words []word) (at []int, err error) {
	last := len(words) - 1
	switch keyPlaces[name] {
	case "all":
		return steps(1, last, 1), nil
	case "pairs":
		return steps(1, last, 2), nil
	case "two":
		return steps(1, min(2, last), 1), nil
	case "second":
		return steps(2, min(2, last), 1), nil
	case "operation":
		return steps(2, last, 1), nil
	case "counted":
		return countedKeys(words, 1, nil)
	case "store":
		return countedKeys(words, 2, []int{1})
	case "streams":
		return streamKeys(words)
	}
	return steps(1, min(1, last), 1), nil
}

func steps(first, last, by int) (list []int) {
	for i := first; i <= last; i += by {
		list = append(list, i)
	}
	return list
}

// countedKeys are those that follow their number.
func countedKeys(words []word, number int, before []int) ([]int, error) {
	if number >= len(words) {
		return nil, errors.New("the number of keys is missing")
	}
	text, _ := words[number].literal()
	n := 0
	if _, err := fmt.Sscan(text, &n); err != nil || n < 1 || number+n >= len(words) {
		return nil, fmt.Errorf("%q is not the number of keys that follow", text)
	}
	return append(before, steps(number+1, number+n, 1)...), nil
}

// streamKeys are the first half of what follows STREAMS.
func streamKeys(words []word) ([]int, error) {
	for i, w := range words {
		if text, _ := w.literal(); strings.EqualFold(text, "STREAMS") {
			return steps(i+1, i+(len(words)-i-1)/2, 1), nil
		}
	}
	return nil, errors.New("STREAMS is missing")
}
