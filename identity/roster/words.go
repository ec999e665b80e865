package roster

import (
	"strconv"
	"strings"
	"unicode"

	"lowsky"
)

// word is one value of a column in both languages.
type word struct{ key, zh, en string }

var (
	classWords = []word{
		{string(lowsky.Micro), "微型", "micro"}, {string(lowsky.Light), "轻型", "light"}, {string(lowsky.Small), "小型", "small"},
		{string(lowsky.Medium), "中型", "medium"}, {string(lowsky.Large), "大型", "large"},
	}
	scenarioWords = []word{
		{string(lowsky.Wellness), "生态康养", "wellness"}, {string(lowsky.Rescue), "应急救援", "rescue"},
		{string(lowsky.City), "城市治理", "city"}, {string(lowsky.Logistics), "物流", "logistics"},
		{string(lowsky.Agriculture), "农林植保", "agriculture"}, {string(lowsky.Tourism), "文旅", "tourism"},
	}
	siteWords = []word{{string(lowsky.SiteDock), "机巢", "dock"}, {string(lowsky.SitePad), "起降点", "pad"}}
	yesNo     = []word{{"yes", "是", "yes"}, {"no", "否", "no"}, {"yes", "true", "1"}, {"no", "false", "0"}, {"yes", "y", "√"}, {"no", "n", "×"}}
)

func (w word) is(p string) bool { return p == plain(w.key) || p == plain(w.zh) || p == plain(w.en) }

func inLanguage(words []word, key, language string) string {
	for _, w := range words {
		if w.key == key {
			if language == "en" {
				return w.en
			}
			return w.zh
		}
	}
	return key
}

// spoken answers a cell's value in words of no language.
func (c *column[T]) spoken(value string) string {
	if c.many {
		parts := strings.FieldsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;、，；|", r) })
		for i := range parts {
			parts[i] = keyOf(c.words, parts[i])
		}
		return strings.Join(parts, " ")
	}
	return keyOf(c.words, value)
}

func keyOf(words []word, value string) string {
	p := plain(value)
	for _, w := range words {
		if w.is(p) {
			return w.key
		}
	}
	return value
}

// written answers a value as people of the language write it.
func (c *column[T]) written(value, language string) string {
	if !c.many {
		return inLanguage(c.words, value, language)
	}
	parts := strings.Fields(value)
	for i := range parts {
		parts[i] = inLanguage(c.words, parts[i], language)
	}
	if language == "en" {
		return strings.Join(parts, ", ")
	}
	return strings.Join(parts, "、")
}

// plain makes headings comparable: lower case, half width, without spaces, hyphens, underscores, dots and asterisks.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // full width
			r -= '！' - '!'
		}
		if unicode.IsSpace(r) || strings.ContainsRune("-_.*\uFEFF", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// cut answers at most n characters of s.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}

// columnName answers what a spreadsheet calls its column i, from 0: A, B … Z, AA.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

func number[N ~float64](s string) (N, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return N(f), err == nil && lowsky.Finite(f)
}

func decimal[N ~float64](n N) string { return strconv.FormatFloat(float64(n), 'f', -1, 64) }
