import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useObservable } from "../hooks";
import { quantity, say } from "../words";
import { bad, findingOf, useBench } from "./bench";
import { aboutName, faultName, levelName, offset } from "./format";
import { MarkShape, ResultMark } from "./ResultMark";
import { AXIS, FAULT_LANE, LANE, layout, type FaultBar, type Item, type Layout, type Row } from "./timeline";
import type { ScoreLine, ScoreResult, Scorecard, ScoredRun } from "./types";

const NARROW = 620;
const RIGHT = 14;
const LEGEND: ScoreResult[] = ["missed", "false", "double", "late_clear", "early_clear"];

/** Of one flight: when truth asked for an alert, when alerts came, and what was made to go wrong. */
export function TimeLine({ card }: { card: Scorecard }) {
  const { t } = useTranslation();
  const { bench } = useBench();
  const { run: at } = useObservable(bench.looking);
  const [width, ref] = useWidth();
  const run = card.runs[at] ?? card.runs[0];
  const names = width < NARROW ? 104 : 176;
  const line = useMemo(() => (run?.lines ? layout(run, card.rules, Math.max(120, width - names - RIGHT), textWidth) : null), [run, card.rules, width, names]);
  return (
    <section className="sim-line" aria-label={t("simulation.line.title")} data-testid="simulation-timeline">
      <header>
        <h2>{t("simulation.line.title")}</h2>
        {card.runs.length > 1 && card.runs.some((r) => r.lines) && <WhichRun card={card} at={at} />}
        <span className="grow" />
        <Legend />
      </header>
      <div ref={ref} className="sim-linebox">
        {!run ? <p className="sim-note">{t("simulation.line.empty")}</p> : !run.lines && card.runs.length > 20 ? <p className="sim-note">{t("simulation.line.none")}</p>
          : !line || (line.rows.length === 0 && line.faults.length === 0) ? <p className="sim-note">{t("simulation.line.nothing")}</p>
          : <Drawing card={card} run={run} line={line} names={names} />}
      </div>
    </section>
  );
}

function Drawing({ card, run, line, names }: { card: Scorecard; run: ScoredRun; line: Layout; names: number }) {
  const { t } = useTranslation();
  const { bench } = useBench();
  const { row: selected, finding } = useObservable(bench.looking);
  return (
    <svg className="sim-svg" width={names + line.width + RIGHT} height={line.height} role="img" aria-label={t("simulation.line.title")}>
      {line.ticks.map((k) => (
        <g key={k.s} transform={`translate(${names + k.x} 0)`}>
          <path d={`M0 ${AXIS - 4}V${line.height}`} stroke="var(--line-1)" />
          <text y={12} textAnchor={k.x < 20 ? "start" : k.x > line.width - 20 ? "end" : "middle"}>{tickName(k.s, run.duration_ns / 1e9)}</text>
        </g>
      ))}
      {line.faults.length > 0 && <text className="name" x={0} y={AXIS + 13}>{t("simulation.line.faults")}</text>}
      <g transform={`translate(${names} ${AXIS})`}>{line.faults.map((b) => <Fault key={b.index} bar={b} run={run} />)}</g>
      {line.rows.map((r) => (
        <g key={r.key} transform={`translate(0 ${r.y})`} data-selected={r.key === selected || undefined}>
          <rect className="sim-row" width={names + line.width + RIGHT} height={r.height} onClick={() => bench.look({ row: selected === r.key ? "" : r.key })}><title>{rowTitle(r)}</title></rect>
          <text className="name" x={0} y={r.height / 2 + 4}>{clip(say(r.score.name), levelName(r.score.level), names)}</text>
          <path d={`M${names} ${r.height - 0.5}h${line.width}`} stroke="var(--line-1)" />
          <g transform={`translate(${names} 3)`}>
            {r.items.map((i) => {
              const l = run.lines?.[i.line] as ScoreLine;
              return <Span key={i.line} item={i} line={l} run={run} finding={findingOf(card, run, l)} selected={finding} card={card} />;
            })}
          </g>
        </g>
      ))}
    </svg>
  );
}

function Span({ item, line, run, finding, selected, card }: { item: Item; line: ScoreLine; run: ScoredRun; finding: number; selected: number; card: Scorecard }) {
  const { t } = useTranslation();
  const { bench } = useBench();
  const y = item.lane * LANE;
  const title = [
    `${t(`simulation.kind.${line.kind}`)}: ${t(`simulation.result.${line.result}`)}`,
    t("simulation.line.item", { what: levelName(line.level), about: aboutName(line.object, line.subject), from: offset(line.from_ns, true), until: offset(line.until_ns, true) }),
    (line.alerts_ns?.length ?? 0) > 0 ? t("simulation.line.alerts", { list: line.alerts_ns?.map((a) => offset(a, true)).join(", ") }) : t("simulation.line.noAlert"),
  ].join("\n");
  const open = finding >= 0 ? { tabIndex: 0, role: "button", "aria-label": title, onClick: () => bench.openFinding(card, finding), onKeyDown: (e: React.KeyboardEvent) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); bench.openFinding(card, finding); } } } : {};
  return (
    <g {...open} className="sim-span" data-kind={line.kind} data-result={line.result} data-selected={(finding >= 0 && finding === selected) || undefined} data-run={run.seed} transform={`translate(0 ${y})`}>
      <title>{title}</title>
      {item.width > 0 && <rect x={item.x} y={1} width={item.width} height={LANE - 2} rx={2} />}
      {item.alerts.map((x, i) => <path key={i} className="alert" d={`M${x} 0v${LANE}`} />)}
      {item.mark && <g transform={`translate(${item.markX} ${LANE / 2})`}><MarkShape result={item.mark} /></g>}
    </g>
  );
}

function Fault({ bar, run }: { bar: FaultBar; run: ScoredRun }) {
  const { t } = useTranslation();
  const f = run.faults?.[bar.index];
  if (!f) return null;
  return (
    <g className="sim-fault" transform={`translate(0 ${bar.lane * FAULT_LANE})`}>
      <title>{t("simulation.line.faultItem", { fault: faultName(f.fault), about: aboutName(f.object), from: offset(f.from_ns), until: offset(f.until_ns) })}</title>
      <rect x={bar.x} y={2} width={bar.width} height={FAULT_LANE - 5} rx={2} />
      <text x={bar.labelX} y={13}>{faultName(f.fault)}</text>
    </g>
  );
}

/** Which of the card's flights is shown; those with something to look at say so. */
function WhichRun({ card, at }: { card: Scorecard; at: number }) {
  const { t } = useTranslation();
  const { bench } = useBench();
  const many = new Set(card.runs.map((r) => r.scenario)).size > 1;
  const go = (to: number): void => bench.look({ run: (to + card.runs.length) % card.runs.length });
  return (
    <div className="sim-which">
      <button type="button" className="control quiet small" aria-label={t("simulation.line.previous")} onClick={() => go(at - 1)}>‹</button>
      <select className="field" aria-label={t("simulation.line.which")} value={at} onChange={(e) => go(Number(e.target.value))} data-testid="simulation-which">
        {card.runs.map((r, i) => (
          <option key={i} value={i}>{[many ? say(r.name) || r.scenario : "", t("simulation.run.seed", { n: r.seed }), bad(r) > 0 ? `✕ ${t("simulation.line.bad", { missed: r.missed, wrong: r.false_alerts })}` : ""].filter(Boolean).join(" · ")}</option>
        ))}
      </select>
      <button type="button" className="control quiet small" aria-label={t("simulation.line.next")} onClick={() => go(at + 1)}>›</button>
    </div>
  );
}

function Legend() {
  const { t } = useTranslation();
  return (
    <div className="sim-legend" aria-hidden="true">
      {(["event", "near_miss", "uncertain"] as const).map((k) => <span key={k}><svg width="16" height="12" className="sim-span" data-kind={k}><rect x="0.5" y="0.5" width="15" height="11" rx="2" /></svg>{t(`simulation.line.legend.${k}`)}</span>)}
      <span><svg width="4" height="12" className="sim-span"><path className="alert" d="M2 0v12" /></svg>{t("simulation.line.legend.alert")}</span>
      {LEGEND.map((r) => <span key={r}><ResultMark result={r} size={12} />{t(`simulation.line.legend.${r as "missed"}`)}</span>)}
    </div>
  );
}

function rowTitle(r: Row): string {
  return [say(r.score.name), levelName(r.score.level), r.score.rule].filter(Boolean).join(" · ");
}

/** The name and its level, shortened from the name's end to the width of the column. */
function clip(name: string, level: string, px: number): string {
  const tail = level ? ` ${level}` : "";
  let head = name;
  while (head.length > 1 && textWidth(head + tail) > px - 12) head = head.slice(0, -1);
  return head.length < name.length ? `${head.slice(0, -1)}…${tail}` : head + tail;
}

function tickName(s: number, whole: number): string {
  if (whole <= 600) return s >= 60 || s === 0 ? `+${Math.floor(s / 60)}:${String(Math.round(s % 60)).padStart(2, "0")}` : `+${quantity(s, "s")}`;
  return `+${quantity(Math.round(s / 60), "min")}`;
}

/** About how wide a text of 11 px is: a Chinese character is square, others a little over half. */
function textWidth(fault: string): number {
  return [...faultName(fault)].reduce((w, c) => w + (c > "\u2e80" ? 11.2 : 6), 0);
}

function useWidth(): [number, (e: HTMLElement | null) => void] {
  const [width, set] = useState(760);
  const watch = useRef<ResizeObserver | null>(null);
  useEffect(() => () => watch.current?.disconnect(), []);
  const ref = useRef((e: HTMLElement | null): void => {
    watch.current?.disconnect();
    if (!e) return;
    watch.current = new ResizeObserver(() => set(Math.floor(e.clientWidth)));
    watch.current.observe(e);
    set(Math.floor(e.clientWidth));
  });
  return [width, ref.current];
}
