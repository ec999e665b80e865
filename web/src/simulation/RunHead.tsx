import { useState } from "react";
import { useTranslation } from "react-i18next";
import { clockTime } from "../clock";
import { ProblemNote } from "../console/ProblemNote";
import { useObservable } from "../hooks";
import { figure } from "../words";
import { useBench, type Tab } from "./bench";
import { span } from "./format";
import { shortFile } from "./RunList";
import { conflict } from "./ScenarioPane";
import { active } from "./types";

/** Which run is shown, of what, and what it is compared with. */
export function RunHead() {
  const { t } = useTranslation();
  const { bench, mayRun } = useBench();
  const { run } = useObservable(bench.book.shown);
  const { tab } = useObservable(bench.looking);
  const d = useObservable(bench.draft.state);
  const tabs: Tab[] = ["score", "file"];
  return (
    <header className="sim-head sim-runhead">
      <div className="sim-tabs" role="tablist">
        {tabs.map((x) => <button key={x} type="button" role="tab" aria-selected={tab === x} onClick={() => bench.look({ tab: x })} data-testid={`simulation-tab-${x}`}>{t(`simulation.tab.${x}`)}</button>)}
      </div>
      {tab === "score" && run && (
        <>
          <span className="tag" data-testid="simulation-number">{t("simulation.run.number", { n: run.id })}</span>
          <b className="ellipsis">{shortFile(run.name)}</b>
          <Finished />
        </>
      )}
      {tab === "file" && d.name !== "" && <><b className="ellipsis">{d.name}</b><span className="dim ellipsis">{mayRun ? t("simulation.source.editHint") : t("simulation.source.readOnly")}</span></>}
      <span className="grow" />
      {tab === "score" && run && mayRun && (run.name !== d.name || (run.source !== undefined && run.source !== d.text)) && <Again />}
      {tab === "score" && run?.card && <ComparePicker />}
      {tab === "score" && run && active(run) && mayRun && <Cancel id={run.id} />}
    </header>
  );
}

function Finished() {
  const { t } = useTranslation();
  const { bench } = useBench();
  const card = useObservable(bench.book.shown).run?.card;
  if (!card) return null;
  const took = card.took_ns / 1e9;
  const times = took > 0 ? (card.hours * 3600) / took : 0;
  const words = { time: clockTime(Date.parse(card.at)), took: took < 10 ? `${figure(took, 1)}\u2009s` : span(Math.round(took)), times: figure(times) };
  return <span className="dim ellipsis">{t(times >= 2 ? "simulation.head.finishedFast" : "simulation.head.finished", words)}</span>;
}

/** Puts the file of the shown run up for the next one. */
function Again() {
  const { t } = useTranslation();
  const { bench } = useBench();
  const { run } = useObservable(bench.book.shown);
  if (!run) return null;
  return <button type="button" className="control quiet" onClick={() => bench.take(run)} data-testid="simulation-again">{t("simulation.run.again")}</button>;
}

function Cancel({ id }: { id: number }) {
  const { t } = useTranslation();
  const { bench } = useBench();
  const [doing, setDoing] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const go = (): void => {
    setDoing(true);
    setError(null);
    bench.book.cancel(id).catch(setError).finally(() => setDoing(false));
  };
  return (
    <>
      <button type="button" className="control" disabled={doing} onClick={go} data-testid="simulation-cancel">{doing ? t("simulation.run.cancelling") : t("simulation.run.cancel")}</button>
      {error !== null && <div className="sim-over"><ProblemNote title={t("simulation.run.notCancelled")} error={error} words={conflict(error)} /></div>}
    </>
  );
}

function ComparePicker() {
  const { t } = useTranslation();
  const { bench } = useBench();
  const { choice, run: other } = useObservable(bench.book.other);
  const { run } = useObservable(bench.book.shown);
  const { runs } = useObservable(bench.book.list);
  const done = (runs ?? []).filter((r) => r.state === "done" && r.id !== run?.id);
  // Runs of the same file first: the others are seldom meant.
  const sorted = [...done.filter((r) => r.name === run?.name), ...done.filter((r) => r.name !== run?.name)].slice(0, 50);
  return (
    <label className="sim-compare"><span className="dim">{t("simulation.compare.pick")}</span>
      <select className="field" value={String(choice)} data-testid="simulation-compare" onChange={(e) => bench.book.choose(e.target.value === "auto" || e.target.value === "none" ? e.target.value : Number(e.target.value))}>
        <option value="auto">{choice === "auto" && other ? t("simulation.compare.option", { n: other.id, name: "" }).trim() : t("simulation.compare.auto")}</option>
        <option value="none">{t("simulation.compare.off")}</option>
        {sorted.map((r) => <option key={r.id} value={r.id}>{t("simulation.compare.option", { n: r.id, name: shortFile(r.name) })}</option>)}
      </select>
    </label>
  );
}
