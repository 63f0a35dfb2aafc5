package main

import (
	"cmp"
	"fmt"
	"strconv"

	"respbench.dev/respbench/clients"
)

// put hands over what the library has made of a reply.
func put(value any, into *clients.Answer) error {
	switch v := value.(type) {
	case nil:
		into.SetNull()
	case string:
		into.SetText(v)
	case int64:
		into.SetInt(v)
	case bool:
		into.SetBool(v)
	case float64:
		into.SetText(strconv.FormatFloat(v, 'f', -1, 64))
	case []any:
		into.SetList()
		var first error
		for _, item := range v {
			first = cmp.Or(first, put(item, into.Grow()))
		}
		return first
	case map[string]any:
		into.SetList()
		var first error
		for key, item := range v {
			into.Grow().SetText(key)
			first = cmp.Or(first, put(item, into.Grow()))
		}
		return first
	case map[string]struct{}:
		into.SetList()
		for key := range v {
			into.Grow().SetText(key)
		}
	case error:
		return plain(v)
	default:
		return fmt.Errorf("the library answers with a %T", value)
	}
	return nil
}
