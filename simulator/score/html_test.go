package score

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"lowsky"
)

// drawnCard is a card whose findings have maps: a flight into a zone and out again, and a crewed aircraft that passes.
func drawnCard() *lowsky.Scorecard {
	card := shownCard()
	for i := range card.Rules {
		card.Rules[i].Name = lowsky.Text{ZH: "进入管制区域", EN: "Zone entry"}
	}
	for i := range card.Findings {
		f := &card.Findings[i]
		own := lowsky.ScoredTrack{ID: "w-01", Truth: []lowsky.ScoredFix{}, Reported: []lowsky.ScoredFix{}}
		crewed := lowsky.ScoredTrack{ID: "B-7001", Crewed: true}
		for k := range 160 {
			at := f.From - 20*s + time.Duration(k)*400*time.Millisecond
			a := float64(k) / 160 * math.Pi
			own.Truth = append(own.Truth, lowsky.ScoredFix{At: at, Longitude: 114.3 + 0.004*math.Cos(a), Latitude: 29.8 + 0.0035*math.Sin(a), AGL: 80})
			if k%5 == 0 {
				own.Reported = append(own.Reported, lowsky.ScoredFix{At: at, Longitude: 114.3 + 0.00403*math.Cos(a), Latitude: 29.80002 + 0.0035*math.Sin(a+.01), AGL: 83})
			}
			if i == 1 {
				crewed.Truth = append(crewed.Truth, lowsky.ScoredFix{At: at, Longitude: 114.296 + 0.00006*float64(k), Latitude: 29.7985, AGL: 260})
			}
		}
		f.Tracks = []lowsky.ScoredTrack{own}
		if i == 1 {
			f.Tracks = append(f.Tracks, crewed)
		}
		var ring [][2]float64
		for k := range 49 {
			a := float64(k) / 48 * 2 * math.Pi
			ring = append(ring, [2]float64{114.3 + 0.0021*math.Cos(a), 29.8035 + 0.0018*math.Sin(a)})
		}
		f.Zones = []lowsky.ScoredOutline{{ID: "dam", Rings: [][][2]float64{ring}}}
	}
	card.Runs[0].Faults = []lowsky.ScoredFault{{Fault: "gps_drift", Object: lowsky.Object{Kind: lowsky.ObjectAircraft, ID: "w-01"}, From: 55 * s, Until: 100 * s}}
	return card
}

func page(t *testing.T, c *lowsky.Scorecard, lang string) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, c, lang); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wellFormed reads the page as strictly as XML is read and answers its text.
func wellFormed(t *testing.T, text string) string {
	t.Helper()
	var out strings.Builder
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return out.String()
		}
		if err != nil {
			t.Fatalf("%v in line %d", err, strings.Count(text[:d.InputOffset()], "\n")+1)
		}
		if c, ok := tok.(xml.CharData); ok {
			out.Write(c)
			out.WriteByte(' ')
		}
	}
}

// outside is what a page that needs nothing else does not have.
var outside = regexp.MustCompile(`(?i)<script|<img|<link|<iframe|<object|<embed|<base|<form|\shref|\ssrc|\son\w+=|url\(|@import|https?://|javascript:`)

func TestWriteHTML(t *testing.T) {
	for lang, want := range map[string][]string{
		"zh": {"仿真评分", "未过门槛", "漏报", "误报", "重复", "晚恢复", "进入管制区域", "已进入", "召回率", "真实航迹", "与上次比较", "种子"},
		"en": {"Simulation score", "Gates not kept", "Missed", "False", "Double", "Late clear", "Zone entry", "inside", "Recall", "where it was", "Compared with before"},
	} {
		t.Run(lang, func(t *testing.T) {
			text := page(t, drawnCard(), lang)
			if path := os.Getenv("REPORT_DIR"); path != "" { // to look at it
				if err := os.WriteFile(path+"/report-"+lang+".html", []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			words := wellFormed(t, text)
			for _, w := range append(want, "test.yaml", "dam", "w-01", "B-7001", "gps_drift", "66.7", "20.8–93.9", "200 m") {
				if !strings.Contains(words, w) {
					t.Errorf("%q is missing", w)
				}
			}
			if m := outside.FindString(text); m != "" {
				t.Errorf("the page has %q", m)
			}
			if lang == "en" && regexp.MustCompile(`\p{Han}`).MatchString(strings.ReplaceAll(words, "测试", "")) {
				t.Errorf("Chinese in the English page: %s", regexp.MustCompile(`.*\p{Han}+.*`).FindString(words))
			}
			if n := strings.Count(text, `class="map"`); n != len(drawnCard().Findings) {
				t.Errorf("%d maps of %d findings", n, len(drawnCard().Findings))
			}
		})
	}
}

// Whatever stands in a card, names of strangers above all, is text on the page and nothing else.
func TestWriteHTMLEscapes(t *testing.T) {
	const hostile = `</style></title><script>alert(1)</script>"'><img src=x onerror=alert(2)>{{.}}javascript:alert(3)`
	card := drawnCard()
	card.Faults = []string{"x"}
	spoil(reflect.ValueOf(card).Elem(), hostile)
	for i := range card.Findings {
		card.Findings[i].Result = lowsky.ScoreMissed // words of our own
	}
	for i := range card.Runs {
		for k := range card.Runs[i].Lines {
			card.Runs[i].Lines[k].Result = lowsky.ScoreFalse
		}
	}
	text := page(t, card, "en")
	if words := wellFormed(t, text); strings.Count(words, "<script>alert(1)</script>") < 50 {
		t.Error("the hostile name is not shown as text")
	}
	for _, bad := range []string{"<script", "<img", "</style></title>"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
}

// spoil sets every string below v.
func spoil(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem(), s)
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i), s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() != reflect.TypeFor[time.Time]() && v.Field(i).CanSet() {
				spoil(v.Field(i), s)
			}
		}
	}
}

// An empty card and one without anything wrong have a page too.
func TestWriteHTMLOfLittle(t *testing.T) {
	wellFormed(t, page(t, &lowsky.Scorecard{}, "zh"))
	good := page(t, Sum([]*Run{runWith(1, row{events: 5, tp: 5})}, SumOptions{Suite: "good"}), "")
	if words := wellFormed(t, good); !strings.Contains(words, "达到全部门槛") || !strings.Contains(words, "没有漏报") {
		t.Error("a good card does not say so")
	}
	odd := drawnCard()
	odd.Findings[0].Tracks[0].Truth = nil
	odd.Findings[1].Tracks = []lowsky.ScoredTrack{{ID: "x", Truth: []lowsky.ScoredFix{{Longitude: 114, Latitude: 30}}}}
	odd.Findings[2].Zones = []lowsky.ScoredOutline{{ID: "empty"}, {ID: "far", Rings: [][][2]float64{{{-170, 80}, {170, -80}, {0, 0}}}}}
	text := page(t, odd, "zh")
	wellFormed(t, text)
	if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Error("a map has a number that is none")
	}
}

// Every word has both languages.
func TestWordsAreComplete(t *testing.T) {
	check := func(key string, w lowsky.Text) {
		if w.ZH == "" || w.EN == "" {
			t.Errorf("%s lacks a language", key)
		}
	}
	for k, w := range pageWords {
		check(k, w)
	}
	for k, w := range levelWords {
		check(k, w)
	}
	for k, w := range objectWords {
		check(string(k), w)
	}
	for k, w := range gateWords {
		check(k, w)
	}
	for _, f := range compared {
		check(f.name, figureWords[f.name])
	}
	used := regexp.MustCompile(`word "([a-z_]+)"`)
	for _, m := range used.FindAllStringSubmatch(reportText, -1) {
		if _, ok := pageWords[m[1]]; !ok {
			t.Errorf("the page uses %q", m[1])
		}
	}
}

func TestClock(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "+0:00", 9 * s: "+0:09", 70 * s: "+1:10", 3599 * s: "+59:59", -5 * s: "−0:05", 1600 * time.Millisecond: "+0:02"} {
		if got := clock(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
