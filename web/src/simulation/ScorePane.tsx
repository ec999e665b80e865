import { useTranslation } from "react-i18next";
import { Problem } from "../api";
import { duration, serverNow } from "../clock";
import { ProblemNote } from "../console/ProblemNote";
import { useObservable, useTick } from "../hooks";
import { useBench } from "./bench";
import { span } from "./format";
import { ScoreTable } from "./ScoreTable";
import { TimeLine } from "./TimeLine";
import { PROBLEMS, active, type Simulation } from "./types";
import { Verdict } from "./Verdict";

/** The score of the shown run, or why there is none. */
export function ScorePane() {
  const { t } = useTranslation();
  const { bench, mayRun } = useBench();
  const shown = useObservable(bench.book.shown);
  const { runs } = useObservable(bench.book.list);
  const { run, error, id } = shown;
  if (error !== null) {
    const gone = error instanceof Problem && error.status === 404;
    return (
      <div className="sim-empty" data-testid="simulation-problem">
        {gone ? <><b>{t("simulation.ended.gone")}</b><span>{t("simulation.ended.goneHint")}</span></> : (
          <><ProblemNote title={t("simulation.ended.notRead")} error={error} /><button type="button" className="control" onClick={() => void bench.book.show(id)}>{t("app.retry")}</button></>
        )}
      </div>
    );
  }
  if (!run) {
    if (id !== 0 || runs === null) return <div className="skeleton sim-skeleton" aria-busy="true"><i /><i /><i /><i /><i /></div>;
    return <div className="sim-empty" data-testid="simulation-empty"><b>{t("simulation.empty.title")}</b><span>{t("simulation.empty.hint")}</span><span>{t(mayRun ? "simulation.empty.start" : "simulation.empty.startRead")}</span></div>;
  }
  if (active(run)) return <Progress run={run} />;
  const card = run.card;
  if (!card || (run.state !== "done" && card.runs.length === 0)) return <Ended run={run} />;
  return (
    <div className="sim-score" data-testid="simulation-score" data-id={run.id} data-passed={card.passed}>
      {run.state !== "done" && <Ended run={run} brief />}
      <Verdict card={card} />
      <TimeLine card={card} />
      <ScoreTable card={card} />
    </div>
  );
}

function Progress({ run }: { run: Simulation }) {
  const { t } = useTranslation();
  const { bench } = useBench();
  const away = useObservable(bench.book.away);
  useTick(1000);
  const elapsed = serverNow() - Date.parse(run.started_at);
  const share = run.runs > 0 ? run.runs_done / run.runs : 0;
  const left = share > 0.05 && run.state === "running" ? (elapsed / share) * (1 - share) : 0;
  return (
    <div className="sim-empty" data-testid="simulation-progress" data-state={run.state}>
      <b>{run.state === "waiting" ? t("simulation.state.waiting") : t("simulation.progress.running")}</b>
      <progress max={Math.max(1, run.runs)} value={run.runs_done} aria-label={t("simulation.progress.done", { done: run.runs_done, runs: run.runs })} />
      <span>{run.state === "waiting" ? t("simulation.progress.waiting") : [t("simulation.progress.done", { done: run.runs_done, runs: run.runs }), t("simulation.progress.elapsed", { time: duration(elapsed) }), left > 3000 ? t("simulation.progress.left", { time: span(Math.round(left / 1000)) }) : ""].filter(Boolean).join(" · ")}</span>
      <span className="dim">{t("simulation.progress.hereSoon")}</span>
      {away !== null && <><ProblemNote title={t("simulation.progress.away")} error={away} /><button type="button" className="control" onClick={() => bench.book.lookNow()}>{t("app.retry")}</button></>}
    </div>
  );
}

/** Failed or cancelled: what happened, what to do, and the server's own words. */
function Ended({ run, brief = false }: { run: Simulation; brief?: boolean }) {
  const { t } = useTranslation();
  const [word = "", ...rest] = (run.problem ?? "").split(": ");
  const known = (PROBLEMS as readonly string[]).includes(word);
  const said = known ? rest.join(": ") : run.problem ?? "";
  const failed = run.state === "failed";
  const title = t(failed ? "simulation.ended.failed" : "simulation.ended.cancelled");
  if (brief) return <p className="sim-banner">✕ {title}{known && ` · ${t(`simulation.failed.${word}`)}`}</p>;
  return (
    <div className="sim-empty" data-testid="simulation-ended" data-state={run.state}>
      <b>{failed ? "✕ " : ""}{title}</b>
      {known && <span>{t(`simulation.failed.${word}`)}</span>}
      {said && <pre>{said}</pre>}
      <span className="dim">{t("simulation.ended.partial", { done: run.runs_done, runs: run.runs })}</span>
    </div>
  );
}
