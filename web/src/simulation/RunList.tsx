import i18n from "i18next";
import { useTranslation } from "react-i18next";
import { calendarDay, clockTime, serverNow } from "../clock";
import { ProblemNote } from "../console/ProblemNote";
import { useObservable } from "../hooks";
import { useBench } from "./bench";
import { rate } from "./format";
import { active, type Simulation } from "./types";

/** Every run that is kept, newest first: recall and precision, or how far it is. */
export function RunList() {
  const { t } = useTranslation();
  const { bench, mayRun } = useBench();
  const { runs, error } = useObservable(bench.book.list);
  const { id } = useObservable(bench.book.shown);
  const step = (e: React.KeyboardEvent<HTMLElement>, by: number): void => {
    e.preventDefault();
    const all = [...e.currentTarget.querySelectorAll<HTMLElement>("button")];
    all[all.indexOf(document.activeElement as HTMLElement) + by]?.focus();
  };
  return (
    <section className="sim-section sim-runs">
      <h2>{t("simulation.history.title")}<span className="grow" /><small className="dim">{t("simulation.history.columns")}</small>
        <button type="button" className="control quiet small" aria-label={t("simulation.history.refresh")} title={t("simulation.history.refresh")} onClick={() => void bench.book.reload()}>↻</button></h2>
      {error !== null && <ProblemNote title={t("simulation.history.notRead")} error={error} />}
      {runs?.length === 0 && <p className="sim-note"><b>{t("simulation.history.none")}</b> {mayRun && t("simulation.history.noneHint")}</p>}
      {runs === null && error === null && <div className="skeleton" aria-busy="true"><i /><i /><i /></div>}
      <div role="group" aria-label={t("simulation.history.title")} onKeyDown={(e) => { if (e.key === "ArrowDown") step(e, 1); else if (e.key === "ArrowUp") step(e, -1); }}>
        {(runs ?? []).map((r) => (
          <button key={r.id} type="button" className="sim-run" aria-current={r.id === id || undefined} data-testid="simulation-item" data-id={r.id} data-state={r.state} title={`${r.name} · ${seedsWord(r)} · ${r.by}`}
            onClick={() => { void bench.book.show(r.id); bench.look({ tab: "score" }); }}>
            <b>{r.id}</b><span className="ellipsis">{shortFile(r.name)}</span><Standing run={r} />
            <small>{when(r.started_at)} · {seedsWord(r)}</small>
            {active(r) && <progress max={Math.max(1, r.runs)} value={r.runs_done} aria-label={t("simulation.progress.done", { done: r.runs_done, runs: r.runs })} />}
          </button>
        ))}
      </div>
    </section>
  );
}

function seedsWord(r: Simulation): string {
  return r.seeds.length === 1 ? i18n.t("simulation.run.oneSeed") : i18n.t("simulation.run.seeds", { n: r.seeds.length });
}

function Standing({ run }: { run: Simulation }) {
  const { t } = useTranslation();
  if (run.state === "done" && run.card) {
    return <span className="sim-standing"><span data-passed={run.card.passed}>{run.card.passed ? "✓" : "✕"}</span> {rate(run.card.total.recall)} · {rate(run.card.total.precision)}</span>;
  }
  if (run.state === "running") return <span className="sim-standing">{run.runs_done} / {run.runs}</span>;
  return <span className="sim-standing">{run.state === "failed" ? "✕ " : ""}{t(`simulation.state.${run.state}`)}</span>;
}

export function shortFile(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1).replace(/\.ya?ml$/, "");
}

/** `14:20` today, `10-14 14:20` before. */
export function when(iso: string): string {
  const ms = Date.parse(iso);
  if (!Number.isFinite(ms)) return "–";
  const [day, today] = [calendarDay(ms), calendarDay(serverNow())];
  const time = clockTime(ms).slice(0, 5);
  return day.month === today.month && day.day === today.day ? time : `${day.month}-${day.day} ${time}`;
}
