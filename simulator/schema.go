package simulator

import (
	"bytes"
	_ "embed"
)

//go:embed scenario.schema.json
var schema []byte

// Schema answers the JSON Schema (draft 2020-12) of a scenario file, for editors and for whoever writes such files by a
// program. It knows keys, words and bounds; what hangs together across a file only [Lint] finds.
func Schema() []byte { return bytes.Clone(schema) }
