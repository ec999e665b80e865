package score

import (
	"math"
	"strconv"
	"time"

	"lowsky"
)

// figures says a span of truth in figures.
func figures(s *span) lowsky.Text {
	d := seconds(s.Until - s.From)
	switch {
	case s.wish && s.Kind == lowsky.SpanEvent:
		return lowsky.Text{ZH: "文件要求在 " + seconds(s.From) + " 至 " + seconds(s.Until) + " 之间告警", EN: "the file expects an alert between " + seconds(s.From) + " and " + seconds(s.Until)}
	case s.wish:
		return lowsky.Text{ZH: "文件禁止在 " + seconds(s.From) + " 至 " + seconds(s.Until) + " 之间告警", EN: "the file forbids an alert between " + seconds(s.From) + " and " + seconds(s.Until)}
	}
	var t lowsky.Text
	switch v := amount(math.Abs(s.Depth), s.Unit); {
	case s.Unit == "":
		t = lowsky.Text{ZH: "持续 " + d, EN: "for " + d}
	case s.Kind == lowsky.SpanNearMiss, s.Depth < 0: // what is only predicted is not past anything yet
		t = lowsky.Text{ZH: "距限值 " + v + "，历时 " + d, EN: v + " from the limit, for " + d}
	default:
		t = lowsky.Text{ZH: "超出 " + v + "，持续 " + d, EN: v + " past the limit, for " + d}
	}
	if s.Speed > 0 {
		v := amount(s.Speed, "m/s")
		t.ZH += "，速度 " + v
		t.EN += ", at " + v
	}
	return t
}

// said is what an alert told.
func said(a *lowsky.Alert) lowsky.Text {
	if a.Text == (lowsky.Text{}) {
		return lowsky.Text{}
	}
	return lowsky.Text{ZH: "告警：" + a.Text.ZH, EN: "the alert: " + a.Text.EN}
}

func both(a, b lowsky.Text) lowsky.Text {
	if b == (lowsky.Text{}) {
		return a
	}
	return lowsky.Text{ZH: a.ZH + "；" + b.ZH, EN: a.EN + "; " + b.EN}
}

// seconds writes a time of the run: tenths of seconds, minutes where there are any.
func seconds(d time.Duration) string {
	tenths := d.Round(100*time.Millisecond).Milliseconds() / 100
	if tenths < 600 {
		return strconv.FormatFloat(float64(tenths)/10, 'f', 1, 64) + " s"
	}
	return strconv.FormatInt(tenths/600, 10) + " min " + strconv.FormatFloat(float64(tenths%600)/10, 'f', 1, 64) + " s"
}

func amount(v float64, unit string) string {
	return strconv.FormatFloat(v, 'f', 1, 64) + " " + unit
}
