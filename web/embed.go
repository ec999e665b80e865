// Package web carries the built console inside the binary. dist/ holds a tracked placeholder, so that the module
// builds without Node; `npm run build` puts the real console into dist/app, which is not tracked.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS answers the files to serve under / and whether they are the real console. Not built: the files are the
// placeholder alone, served as index.html would be, which says how to build. The file system never changes and is
// safe for concurrent readers.
func FS() (fsys fs.FS, built bool) {
	app, err := fs.Sub(dist, "dist/app")
	if err == nil {
		if _, err := fs.Stat(app, "index.html"); err == nil {
			return app, true
		}
	}
	placeholder, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is a constant and embedded above
	}
	return placeholder, false
}
