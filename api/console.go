package api

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// consoleHandler serves the built console: files under assets/ carry a hash in their name and are kept for ever, every
// other path that is no file is the console's own business and gets index.html. Not built: a page that says so.
func consoleHandler(files fs.FS, built bool) http.Handler {
	if files == nil || !built {
		return http.HandlerFunc(notBuilt)
	}
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		info, err := fs.Stat(files, name)
		isFile := name != "" && err == nil && !info.IsDir() && name != "index.html"
		switch {
		case isFile && strings.HasPrefix(name, "assets/"):
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		case isFile:
			w.Header().Set("Cache-Control", "no-cache")
		case path.Ext(name) != "" && name != "index.html": // a file that is not there is not a page of the console
			http.NotFound(w, r)
			return
		default:
			index(w, r, files)
			return
		}
		server.ServeHTTP(w, r)
	})
}

func index(w http.ResponseWriter, r *http.Request, files fs.FS) {
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, withPath(r, "/console"), files, "index.html")
}

// withPath keeps http.ServeFileFS from redirecting requests whose path ends in /index.html.
func withPath(r *http.Request, p string) *http.Request {
	c := r.Clone(r.Context())
	c.URL.Path = p
	return c
}

func notBuilt(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	fmt.Fprint(w, `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>Lowsky</title>`+
		`<body style="font:16px/1.6 sans-serif;background:#0a0c0f;color:#e9edf1;padding:40px">`+
		`<h1>Lowsky</h1><p>控制台未构建：请运行 <code>make run</code>，或在 <code>web/</code> 中运行 <code>npm run build</code> 后重新编译。</p>`+
		`<p lang="en">Console not built: run <code>make run</code>, or <code>npm run build</code> in <code>web/</code> and compile again.</p>`+
		`<p><a style="color:#35c2d6" href="/api/v1/docs">API</a></p></body></html>`)
}
