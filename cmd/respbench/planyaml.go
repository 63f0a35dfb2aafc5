package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// parse reads the one document of a plan.
func (p *planFile) parse(content []byte) (ast.Node, error) {
	file, err := parser.ParseBytes(content, 0)
	if syntax, ok := errors.AsType[yaml.Error](err); ok && syntax.GetToken() != nil {
		at := syntax.GetToken().Position
		return nil, fmt.Errorf("%s:%d:%d: %s", p.path, at.Line, at.Column, syntax.GetMessage())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.path, oneLine(err))
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, fmt.Errorf("%s: have one document, with scenarios in it", p.path)
	}
	return file.Docs[0].Body, nil
}

// pairs hands on what a mapping has, each key once.
func (p *planFile) pairs(n ast.Node, here level, take func(key string, value ast.Node) error) error {
	if err := p.plain(n); err != nil {
		return err
	}
	mapping, ok := n.(ast.MapNode)
	if !ok {
		return p.wrong(n, "have a mapping of keys: %s", here.example)
	}
	for pairs := mapping.MapRange(); pairs.Next(); {
		if err := p.plain(pairs.Key()); err != nil {
			return err
		}
		key := pairs.Key().GetToken().Value
		if !slices.Contains(here.keys(), key) {
			return p.wrong(pairs.Key(), "%s", unknownKey(key, here))
		}
		if err := take(key, pairs.Value()); err != nil {
			return err
		}
	}
	return nil
}

// each reads what a list has, which is not empty.
func (p *planFile) each(key string, n ast.Node, read func(ast.Node) error) error {
	if err := p.plain(n); err != nil {
		return err
	}
	sequence, ok := n.(*ast.SequenceNode)
	switch {
	case !ok:
		return p.wrong(n, "%s: have a list", key)
	case len(sequence.Values) == 0:
		return p.empty(key, n)
	}
	for _, v := range sequence.Values {
		if err := read(v); err != nil {
			return err
		}
	}
	return nil
}

func (p *planFile) scalar(key string, n ast.Node) (text string, err error) {
	if err := p.plain(n); err != nil {
		return "", err
	}
	switch v := n.(type) {
	case *ast.LiteralNode:
		text = strings.TrimSuffix(v.Value.Value, "\n")
	case *ast.NullNode:
	case ast.ScalarNode:
		text = n.GetToken().Value
	default:
		return "", p.wrong(n, "%s: have one value here", key)
	}
	if text == "" {
		return "", p.empty(key, n)
	}
	return text, nil
}

// plain refuses what YAML has beyond values, lists and mappings.
func (p *planFile) plain(n ast.Node) error {
	var name string
	switch n.(type) {
	case *ast.AnchorNode:
		name = "an anchor (&)"
	case *ast.AliasNode:
		name = "an alias (*)"
	case *ast.TagNode:
		name = "a tag (!)"
	case *ast.MergeKeyNode:
		name = "a merge (<<)"
	case *ast.DirectiveNode:
		name = "a directive (%)"
	case *ast.MappingKeyNode:
		name = "a complex key (?)"
	default:
		return nil
	}
	return p.wrong(n, "%s is not read in plans; write the value out", name)
}

func (p *planFile) empty(key string, n ast.Node) error {
	return p.wrong(n, "%s is empty; give it a value or leave it out", key)
}

func (p *planFile) wrong(at ast.Node, format string, args ...any) error {
	return fmt.Errorf("%s: %s", p.place(at), fmt.Sprintf(format, args...))
}

// place is where a node begins.
func (p *planFile) place(n ast.Node) string {
	token := n.GetToken()
	if pairs, isMap := n.(ast.MapNode); isMap && token.Value == ":" { // of its first pair
		if first := pairs.MapRange(); first.Next() {
			token = first.Key().GetToken()
		}
	}
	return fmt.Sprintf("%s:%d:%d", p.path, token.Position.Line, token.Position.Column)
}
