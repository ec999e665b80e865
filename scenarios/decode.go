package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"lowsky"
)

// decode fills into (a pointer to a struct) from a mapping. It refuses every key that the struct does not have and every
// value that does not fit, naming field and line. Keys that are absent keep what is there, so defaults are what into holds before.
func decode(n *yaml.Node, field string, into any) error {
	if err := fits(n, field, reflect.TypeOf(into).Elem()); err != nil {
		return err
	}
	if err := n.Decode(into); err != nil { // every value was tried above: not to be expected
		return invalid(n, or(field, "pack"), afterLine(err))
	}
	return nil
}

var nodeType = reflect.TypeFor[yaml.Node]()

// fits walks the node beside the type and tries every value.
func fits(n *yaml.Node, field string, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if n.Kind == yaml.AliasNode {
		return invalid(n, or(field, "pack"), "anchors and aliases are not used in packs")
	}
	if t == nodeType {
		return nil
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[yaml.Unmarshaler]()) {
		if err := n.Decode(reflect.New(t).Interface()); err != nil {
			return invalid(n, field, afterLine(err))
		}
		return nil
	}
	switch t.Kind() {
	case reflect.Struct:
		if n.Kind != yaml.MappingNode {
			return invalid(n, or(field, "pack"), "must be a mapping of keys to values")
		}
		keys := keysOf(t)
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			at := join(field, k.Value)
			ft, ok := keys[k.Value]
			switch {
			case seen[k.Value]:
				return invalid(k, at, "is there twice")
			case !ok:
				return invalid(k, at, unknownKey(k.Value, keys))
			}
			seen[k.Value] = true
			if n.Content[i+1].ShortTag() == "!!null" {
				return invalid(k, at, "has no value")
			}
			if err := fits(n.Content[i+1], at, ft); err != nil {
				return err
			}
		}
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			return invalid(n, field, "must be a list")
		}
		for i, c := range n.Content {
			if err := fits(c, fmt.Sprintf("%s[%d]", field, i), t.Elem()); err != nil {
				return err
			}
		}
	case reflect.Map:
		if n.Kind != yaml.MappingNode {
			return invalid(n, field, "must be a mapping of keys to values")
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if err := fits(n.Content[i+1], join(field, n.Content[i].Value), t.Elem()); err != nil {
				return err
			}
		}
	default:
		whole := t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64
		if n.Kind != yaml.ScalarNode || n.Decode(reflect.New(t).Interface()) != nil || whole && n.ShortTag() != "!!int" {
			return invalid(n, field, "must be "+wanted(t))
		}
	}
	return nil
}

// wanted names a type to somebody who writes a pack.
func wanted(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.String:
		return "text"
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64:
		return "a whole number"
	}
	return "a number"
}

// afterLine answers an error's message without the line it begins with.
func afterLine(err error) string {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.HasPrefix(msg, "line ") {
		if _, rest, ok := strings.Cut(msg, ": "); ok {
			return rest
		}
	}
	return msg
}

func keysOf(t reflect.Type) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" && name != "-" {
			keys[name] = f.Type
		}
	}
	return keys
}

// unknownKey says what is wrong with a key, and names the one that was probably meant: most often only the unit lacks.
func unknownKey(key string, keys map[string]reflect.Type) string {
	var names []string
	for k := range keys {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		if strings.HasPrefix(k, key+"_") {
			return "is not a key: the unit is missing, write " + k
		}
	}
	stem := key
	if i := strings.LastIndexByte(key, '_'); i > 0 {
		stem = key[:i]
	}
	for _, k := range names {
		if strings.HasPrefix(k, stem+"_") {
			return "is not a key: its unit is another, write " + k
		}
	}
	if len(names) == 0 {
		return "is not a key: there are none here"
	}
	return "is not a key; there are " + strings.Join(names, ", ")
}

func invalid(n *yaml.Node, field, problem string) error {
	return &lowsky.InvalidError{Field: field, Problem: fmt.Sprintf("line %d: %s", n.Line, problem)}
}

func join(field, key string) string {
	if field == "" {
		return key
	}
	return field + "." + key
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
