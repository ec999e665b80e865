import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useObservable } from "../hooks";
import { useBench } from "./bench";
import { byLine } from "./draft";
import { SUITE } from "./types";

const LINE = 18;
const PAD = 8;

/** The file's text with line numbers; lines that the server found wrong are marked, and what is wrong stands below. */
export function SourceView() {
  const { t } = useTranslation();
  const { bench, mayRun } = useBench();
  const d = useObservable(bench.draft.state);
  const { refused } = useObservable(bench.begun);
  const gutter = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const marks = useMemo(() => byLine(d), [d]);
  const lines = useMemo(() => d.text.split("\n").length, [d.text]);
  const go = (line: number): void => {
    const e = box.current;
    if (!e || line < 1) return;
    const start = d.text.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const end = d.text.indexOf("\n", start);
    e.focus();
    e.setSelectionRange(start, end < 0 ? d.text.length : end);
    e.scrollTop = Math.max(0, (line - 6) * LINE);
  };
  // What is wrong first is brought into view.
  useEffect(() => {
    const first = d.problems?.find((p) => p.line > 0 && marks.get(p.line)?.includes(p));
    if (first) box.current?.scrollTo(0, Math.max(0, (first.line - 6) * LINE));
  }, [d.problems]); // eslint-disable-line: when they come, not when the text changes
  if (d.name === "") return <div className="sim-empty"><b>{t("simulation.source.nothing")}</b><span>{t("simulation.source.nothingHint")}</span></div>;
  if (d.name === SUITE && d.shipped !== null) return <div className="sim-empty"><b>{t("simulation.source.suite")}</b></div>;
  if (d.text === "" && d.shipped !== null) return <div className="sim-empty"><b>{t("simulation.scenario.notSent")}</b></div>;
  return (
    <div className="sim-source" data-testid="simulation-source">
      <div className="sim-editor">
        <div className="sim-gutter" ref={gutter} aria-hidden="true">
          {Array.from({ length: lines }, (_, i) => <span key={i} data-bad={marks.has(i + 1) || undefined}>{marks.has(i + 1) ? "✕ " : ""}{i + 1}</span>)}
        </div>
        <div className="sim-text">
          <div className="sim-marks" aria-hidden="true">{[...marks.keys()].filter((n) => n > 0).map((n) => <i key={n} style={{ top: PAD + (n - 1) * LINE }} />)}</div>
          <textarea ref={box} className="sim-code" spellCheck={false} wrap="off" readOnly={!mayRun} aria-label={t("simulation.source.title")} value={d.text} onChange={(e) => bench.draft.edit(e.target.value)} data-testid="simulation-code"
            onScroll={(e) => {
              if (gutter.current) gutter.current.scrollTop = e.currentTarget.scrollTop;
              const under = e.currentTarget.previousElementSibling as HTMLElement | null;
              if (under) under.style.transform = `translateY(${-e.currentTarget.scrollTop}px)`;
            }} />
        </div>
      </div>
      {refused && d.problems && d.problems.length > 0 && <p className="sim-banner" role="alert">✕ {t("simulation.run.refused")}</p>}
      {d.problems && d.problems.length > 0 && (
        <ul className="sim-problems" aria-label={t("simulation.source.problems")} data-testid="simulation-problems">
          {d.problems.map((p, i) => (
            <li key={i}><button type="button" onClick={() => go(p.line)} data-line={p.line}><span>✕ {p.line > 0 ? t("simulation.source.lineLabel", { n: p.line }) : t("simulation.source.noLine")}</span>{p.file !== "" && !d.name.endsWith(p.file) && <span className="dim">{p.file}</span>}{p.field && <code>{p.field}</code>}<span>{p.problem}</span></button></li>
          ))}
        </ul>
      )}
    </div>
  );
}
