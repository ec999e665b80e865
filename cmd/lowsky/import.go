package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"lowsky/airspace"
	"lowsky/airspace/exchange"
	"lowsky/api"
)

// Exit codes of import besides 0 (everything was taken) and 1 (it could not be done).
const (
	exitRefused exitCode = 3 // zones were refused; without --without-refused nothing of the file was published
)

type importCommand struct {
	Server         string   `env:"LOWSKY_SERVER" default:"http://127.0.0.1:8080" help:"The platform."`
	Token          string   `env:"LOWSKY_TOKEN" help:"API token, from lowsky admin token. Better in the environment, or in the file that LOWSKY_TOKEN_FILE names."`
	DryRun         bool     `help:"Read and check the files here, without a server; publish nothing."`
	CRS            string   `name:"crs" required:"" help:"Coordinate system of the files: wgs84, cgcs2000, gcj02 or bd09."`
	Format         string   `default:"auto" help:"auto, geojson, ed269, ed318, kml, kmz or openair."`
	WithoutRefused bool     `help:"Publish the other zones of a file although some are refused."`
	Superior       string   `help:"The superior platform that the zones are copies of; they are read-only then."`
	EndMissing     bool     `help:"With --superior: end its zones that are not in the file."`
	Source         string   `help:"Where the zones come from; the file's name when absent."`
	Reason         string   `help:"Why, for the zones' versions."`
	Lang           string   `enum:",zh,en" default:"" help:"Language of the report; that of LANG when absent."`
	Files          []string `arg:"" type:"existingfile" help:"Files of zones, at most 16 MB each."`
}

// Run goes through the files in order and stops at the first that could not be imported. A file is all or nothing.
func (c *importCommand) Run(env *environment) error {
	lang := c.Lang
	if lang == "" {
		lang = languageOf(os.Getenv)
	}
	if !c.DryRun {
		if err := readToken(&c.Token, os.Getenv("LOWSKY_TOKEN_FILE")); err != nil {
			return err
		}
	}
	return c.all(env, os.Stdout, lang)
}

// languageOf is zh for a Chinese locale, else en.
func languageOf(get func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := get(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "zh") {
				return "zh"
			}
			return "en"
		}
	}
	return "en"
}

func (c *importCommand) all(ctx context.Context, out io.Writer, lang string) error {
	if _, err := airspace.ParseCRS(c.CRS); err != nil {
		return err
	}
	if c.Token == "" && !c.DryRun {
		return errors.New("--token or LOWSKY_TOKEN is needed (lowsky admin token makes one), or --dry-run")
	}
	refused := 0
	for _, file := range c.Files {
		n, err := c.one(ctx, out, lang, file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		refused += n
	}
	if refused > 0 {
		return fmt.Errorf("%d zones refused: %w", refused, exitRefused)
	}
	return nil
}

// one imports a file and answers how many of its zones were refused.
func (c *importCommand) one(ctx context.Context, out io.Writer, lang, file string) (refused int, err error) {
	doc, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	source := c.Source
	if source == "" {
		source = filepath.Base(file)
	}
	fmt.Fprintf(os.Stderr, "%s: %d kB …\n", file, (len(doc)+1023)/1024)
	if c.DryRun {
		r, err := exchange.Read(ctx, doc, exchange.Options{
			Format: exchange.Format(c.Format), CRS: airspace.CRS(c.CRS), Source: source, Superior: c.Superior,
		})
		if err != nil {
			return 0, err
		}
		writeReport(out, lang, file, reportOf(r))
		return r.Counts.Refused, nil
	}
	// Look first, so that the report is there also where publishing is refused.
	preview, err := c.send(ctx, doc, source, true)
	if err != nil {
		return 0, err
	}
	refused = preview.Counts.Refused
	answer := preview
	if refused == 0 || c.WithoutRefused && preview.Counts.Accepted > 0 {
		if answer, err = c.send(ctx, doc, source, false); err != nil {
			return 0, err
		}
	}
	writeReport(out, lang, file, answer.report())
	return refused, nil
}

// importAnswer is the server's answer as far as the report needs it.
type importAnswer struct {
	Format    exchange.Format
	CRS       airspace.CRS
	Published bool
	Counts    api.ImportCounts
	Zones     struct {
		Features []struct {
			Properties struct {
				ID      string `json:"id"`
				NameZH  string `json:"name_zh"`
				NameEN  string `json:"name_en"`
				Version int    `json:"version"`
				Change  string `json:"import_change"`
			}
		}
	}
	Remarks []airspace.Remark
}

func (c *importCommand) send(ctx context.Context, doc []byte, source string, dry bool) (*importAnswer, error) {
	q := url.Values{"format": {c.Format}, "crs": {c.CRS}, "source": {source}, "dry_run": {strconv.FormatBool(dry)},
		"without_refused": {strconv.FormatBool(c.WithoutRefused)}, "end_missing": {strconv.FormatBool(c.EndMissing)}}
	if c.Superior != "" {
		q.Set("superior", c.Superior)
	}
	if c.Reason != "" {
		q.Set("reason", c.Reason)
	}
	return post[importAnswer](ctx, c.Server, "/api/v1/zones/import?"+q.Encode(), c.Token, doc)
}
