package page

import (
	"embed"
	"strings"
)

//go:embed script/*.js
var scripts embed.FS

// scriptFiles are in the order in which they need each other.
var scriptFiles = []string{"page", "theme", "sort", "scales", "shapes", "series", "plot", "hover", "legend", "numbers", "figures", "filter", "start"}

// ownScript is all of it in one scope.
func ownScript() string {
	var b strings.Builder
	b.WriteString("(() => {\n\"use strict\";\n")
	for _, name := range scriptFiles {
		text, err := scripts.ReadFile("script/" + name + ".js")
		if err != nil {
			panic(err)
		}
		b.Write(text)
	}
	b.WriteString("})();\n")
	return b.String()
}
