package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"lowsky"
)

// decode fills into (a pointer to a struct) from a mapping and refuses every key that the struct does not have, naming
// field and line. Keys that are absent keep what is there, so defaults are what into holds before.
func decode(n *yaml.Node, field string, into any) error {
	if err := knownKeys(n, field, reflect.TypeOf(into).Elem()); err != nil {
		return err
	}
	if err := n.Decode(into); err != nil {
		// yaml's own message already names the line; it may hold several, the first is enough to act on.
		msg := strings.TrimPrefix(err.Error(), "yaml: ")
		if te, ok := err.(*yaml.TypeError); ok && len(te.Errors) > 0 {
			msg = te.Errors[0]
		}
		return &lowsky.InvalidError{Field: or(field, "pack"), Problem: msg}
	}
	return nil
}

var nodeType = reflect.TypeFor[yaml.Node]()

// knownKeys walks the node beside the type.
func knownKeys(n *yaml.Node, field string, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nodeType || reflect.PointerTo(t).Implements(reflect.TypeFor[yaml.Unmarshaler]()) {
		return nil
	}
	if n.Kind == yaml.AliasNode {
		return invalid(n, or(field, "pack"), "anchors and aliases are not used in packs")
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
			if err := knownKeys(n.Content[i+1], at, ft); err != nil {
				return err
			}
		}
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			return invalid(n, field, "must be a list")
		}
		for i, c := range n.Content {
			if err := knownKeys(c, fmt.Sprintf("%s[%d]", field, i), t.Elem()); err != nil {
				return err
			}
		}
	case reflect.Map:
		if n.Kind != yaml.MappingNode {
			return invalid(n, field, "must be a mapping of keys to values")
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if err := knownKeys(n.Content[i+1], join(field, n.Content[i].Value), t.Elem()); err != nil {
				return err
			}
		}
	}
	return nil
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
