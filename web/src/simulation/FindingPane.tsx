import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useDesk } from "../console/desk";
import { useObservable } from "../hooks";
import { language, say } from "../words";
import { useBench } from "./bench";
import { ChangeList } from "./ChangeList";
import { FindingMap } from "./FindingMap";
import { aboutName, closestWords, levelName, offset, rowKey } from "./format";
import { closest } from "./project";
import { ResultMark } from "./ResultMark";
import { cardFile, reportFile } from "./rest";
import { shortFile } from "./RunList";
import type { ScoreFinding, Scorecard } from "./types";

/** The finding that is looked at, every other one, and what changed since the run it is compared with. */
export function FindingPane() {
  const { t } = useTranslation();
  const { bench } = useBench();
  const { run } = useObservable(bench.book.shown);
  const { finding, row } = useObservable(bench.looking);
  const card = run?.card;
  if (!card || run.state === "waiting" || run.state === "running") {
    return <aside className="sim-right" aria-label={t("simulation.finding.title")}><header className="sim-head"><h1>{t("simulation.finding.title")}</h1></header><p className="sim-note sim-pad">{t("simulation.finding.noneShown")}</p></aside>;
  }
  const listed = card.findings.map((f, i) => ({ f, i })).filter(({ f }) => row === "" || rowKey(f) === row);
  const f = card.findings[finding];
  const at = listed.findIndex(({ i }) => i === finding);
  const step = (by: number): void => {
    const next = listed[(Math.max(at, by > 0 ? -1 : 0) + by + listed.length) % Math.max(1, listed.length)];
    if (next) bench.openFinding(card, next.i);
  };
  return (
    <aside className="sim-right" aria-label={t("simulation.finding.title")} data-testid="simulation-findings">
      <header className="sim-head">
        <h1>{f ? t(`simulation.result.${f.result}`) : t("simulation.finding.title")}</h1>
        {f && at >= 0 && <span className="dim">{t("simulation.finding.of", { i: at + 1, n: listed.length })}</span>}
        <span className="grow" />
        {f && <span className="dim">{offset(f.from_ns)}</span>}
        {listed.length > 1 && <><button type="button" className="control quiet small" aria-label={t("simulation.finding.previous")} onClick={() => step(-1)}>‹</button><button type="button" className="control quiet small" aria-label={t("simulation.finding.next")} onClick={() => step(1)}>›</button></>}
      </header>
      <div className="sim-rightbody">
        {f ? <One f={f} card={card} /> : <p className="sim-note sim-pad">{finding >= 0 ? t("simulation.finding.unknownFinding") : card.findings.length === 0 ? t("simulation.finding.none") : row !== "" && listed.length === 0 ? t("simulation.finding.noneRow") : ""}</p>}
        <Buttons id={run.id} />
        {card.findings.length > 0 && <List card={card} listed={listed} row={row} selected={finding} />}
        <ChangeList card={card} />
      </div>
    </aside>
  );
}

function One({ f, card }: { f: ScoreFinding; card: Scorecard }) {
  const { t } = useTranslation();
  const rule = card.rules.find((r) => r.rule === f.rule);
  const near = closest(f);
  return (
    <section className="sim-finding" data-testid="simulation-finding" data-result={f.result}>
      <h2><ResultMark result={f.result} size={18} /><span>{aboutName(f.object, f.subject)}</span></h2>
      <p>{[say(rule?.name) || f.rule, levelName(f.level)].filter(Boolean).join(" · ")}</p>
      <p>{say(f.what)}</p>
      <FindingMap f={f} />
      {(f.tracks?.length ?? 0) > 0 && (
        <div className="sim-mapkey" aria-hidden="true">
          <span><svg width="18" height="4"><path d="M0 2h18" stroke="var(--alt-80)" strokeWidth="2.4" /></svg>{t("simulation.finding.mapTrue")}</span>
          <span><svg width="18" height="4"><path d="M0 2h18" stroke="var(--text-3)" strokeWidth="1.4" strokeDasharray="3 3" /></svg>{t("simulation.finding.mapReported")}</span>
          {(f.zones?.length ?? 0) > 0 && <span><svg width="12" height="10"><rect x="0.7" y="0.7" width="10.6" height="8.6" fill="none" stroke="var(--zone-prohibited)" strokeWidth="1.4" /></svg>{t("simulation.finding.mapZone")}</span>}
        </div>
      )}
      <dl className="sim-facts">
        <div><dt>{t("simulation.finding.truth")}</dt><dd>{t("simulation.finding.window", { from: offset(f.from_ns, true), until: offset(f.until_ns, true) })}</dd></div>
        <div><dt>{t("simulation.finding.alert")}</dt><dd>{f.alert_at_ns ? t("simulation.finding.alertAt", { at: offset(f.alert_at_ns, true) }) : t("simulation.finding.noAlert")}</dd></div>
        {near && <div><dt>{offset(near.at_ns, true)}</dt><dd>{closestWords(near)}</dd></div>}
        <div><dt>{t("simulation.finding.where")}</dt><dd title={f.file}>{shortFile(f.file) || f.scenario} · {t("simulation.run.seed", { n: f.seed })}</dd></div>
        <div><dt /><dd className="dim">{f.line ? t("simulation.finding.line", { n: f.line }) : t("simulation.finding.geometry")}</dd></div>
      </dl>
    </section>
  );
}

function Buttons({ id }: { id: number }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const copy = (): void => {
    void navigator.clipboard?.writeText(location.href).then(() => desk.toast.set(t("alert.linkCopied")), () => desk.toast.set(location.href));
  };
  const toast = useObservable(desk.toast);
  return (
    <div className="sim-buttons">
      <a className="control small" href={cardFile(id)} download data-testid="simulation-json">{t("simulation.finding.json")}</a>
      <a className="control small" href={reportFile(id, language())} target="_blank" rel="noopener" data-testid="simulation-report">{t("simulation.finding.report")}</a>
      <button type="button" className="control small" onClick={copy} data-testid="simulation-link">{t("simulation.finding.link")}</button>
      {toast && <span className="dim" role="status">{toast}</span>}
    </div>
  );
}

function List({ card, listed, row, selected }: { card: Scorecard; listed: { f: ScoreFinding; i: number }[]; row: string; selected: number }) {
  const { t } = useTranslation();
  const { bench } = useBench();
  const box = useRef<HTMLDivElement>(null);
  const rule = card.rules.find((r) => rowKey(r) === row);
  useEffect(() => {
    // Within the list only: on a phone the page itself must stay where it is.
    const list = box.current;
    const e = list?.querySelector<HTMLElement>("[aria-current]");
    if (!list || !e) return;
    const top = e.getBoundingClientRect().top - list.getBoundingClientRect().top;
    if (top < 0 || top + e.offsetHeight > list.clientHeight) list.scrollTop += top - list.clientHeight / 3;
  }, [selected]);
  const key = (e: React.KeyboardEvent<HTMLDivElement>): void => {
    const by = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
    if (by === 0) return;
    e.preventDefault();
    const all = [...e.currentTarget.querySelectorAll<HTMLElement>("button")];
    const next = all[all.indexOf(document.activeElement as HTMLElement) + by];
    next?.focus();
    next?.click();
  };
  return (
    <section className="sim-section sim-list">
      <h2>{rule ? [say(rule.name), levelName(rule.level)].filter(Boolean).join(" · ") : t("simulation.finding.all")} <small className="dim">{listed.length}</small><span className="grow" />
        {row !== "" && <button type="button" className="control quiet small" onClick={() => bench.look({ row: "" })}>{t("simulation.finding.clear")}</button>}</h2>
      {card.finding_count > card.findings.length && <p className="sim-note">{t("simulation.finding.first", { n: card.findings.length, all: card.finding_count })}</p>}
      {listed.length === 0 && <p className="sim-note">{t("simulation.finding.noneRow")}</p>}
      <div ref={box} role="group" aria-label={t("simulation.finding.all")} onKeyDown={key}>
        {listed.map(({ f, i }) => (
          <button key={i} type="button" className="sim-item" aria-current={i === selected || undefined} data-testid="simulation-finding-row" data-result={f.result} onClick={() => bench.openFinding(card, i)} title={say(f.what)}>
            <ResultMark result={f.result} size={12} /><b className="ellipsis">{aboutName(f.object, f.subject)}</b><span className="dim">{offset(f.from_ns)}</span>
            <small className="ellipsis">{t(`simulation.result.${f.result}`)} · {[say(card.rules.find((r) => r.rule === f.rule)?.name) || f.rule, levelName(f.level)].filter(Boolean).join(" ")} · {t("simulation.run.seed", { n: f.seed })}</small>
          </button>
        ))}
      </div>
    </section>
  );
}
