package cluster

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lowsky"
)

// binaries is one installed PostgreSQL.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(name string) string { return filepath.Join(b.dir, name) }

// lowestMajor is the oldest PostgreSQL that the schema is written for.
const lowestMajor = 13

// places is where PostgreSQL is looked for besides PATH: Debian and Ubuntu, Red Hat, Homebrew.
var placePatterns = []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin"}

const howToInstall = "install PostgreSQL (Debian, Ubuntu: apt-get install postgresql), or name a database with LOWSKY_DATABASE_URL"

// findBinaries answers the newest PostgreSQL of this machine, or, for a cluster that exists, the newest of its major
// version: the files of another one cannot be read.
func findBinaries(major int) (binaries, error) {
	found := candidates(searchDirs())
	if len(found) == 0 {
		return binaries{}, fmt.Errorf("no PostgreSQL on this machine; %s: %w", howToInstall, lowsky.ErrNotFound)
	}
	if major == 0 {
		if best := found[0]; best.major >= lowestMajor {
			return best, nil
		}
		return binaries{}, fmt.Errorf("PostgreSQL %d is too old, %d or newer is needed; %s: %w", found[0].major, lowestMajor, howToInstall, lowsky.ErrNotFound)
	}
	var have []string
	for _, b := range found {
		if b.major == major {
			return b, nil
		}
		have = append(have, strconv.Itoa(b.major))
	}
	return binaries{}, fmt.Errorf("the data was made by PostgreSQL %d, which is not installed (%s is); Debian, Ubuntu: apt-get install postgresql-%d: %w",
		major, strings.Join(have, ", "), major, lowsky.ErrNotFound)
}

func searchDirs() []string {
	dirs := filepath.SplitList(os.Getenv("PATH"))
	for _, p := range placePatterns {
		m, err := filepath.Glob(p)
		if err == nil {
			dirs = append(dirs, m...)
		}
	}
	return dirs
}

// candidates answers every complete installation in dirs, newest first. Links are followed: initdb finds its files
// beside where it really lies.
func candidates(dirs []string) []binaries {
	var found []binaries
	seen := make(map[string]bool)
	for _, dir := range dirs {
		if !filepath.IsAbs(dir) {
			continue
		}
		real, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
		if err != nil {
			continue
		}
		real = filepath.Dir(real)
		if seen[real] {
			continue
		}
		seen[real] = true
		if _, err := os.Stat(filepath.Join(real, "initdb")); err != nil {
			continue
		}
		if major, err := versionOf(filepath.Join(real, "postgres")); err == nil {
			found = append(found, binaries{real, major})
		}
	}
	slices.SortStableFunc(found, func(a, b binaries) int { return b.major - a.major })
	return found
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

func versionOf(postgres string) (int, error) {
	out, err := exec.Command(postgres, "--version").Output()
	if err != nil {
		return 0, fmt.Errorf("%s --version: %w", postgres, err)
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("%s --version: %q", postgres, out)
	}
	return strconv.Atoi(string(m[1]))
}

// majorOf answers the version that made the cluster in dir, 0 if there is none.
func majorOf(dir string) int {
	b, err := os.ReadFile(filepath.Join(dir, "data", "PG_VERSION"))
	if err != nil {
		return 0
	}
	v, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0
	}
	return v
}
