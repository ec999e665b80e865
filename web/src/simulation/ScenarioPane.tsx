import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api";
import { ProblemNote } from "../console/ProblemNote";
import { useObservable } from "../hooks";
import { say } from "../words";
import { useBench } from "./bench";
import { Composition } from "./Composition";
import { changed, runsOf, seedsOf, type DraftState, type FileFault } from "./draft";
import { faultName, grouped, span } from "./format";
import { RunList } from "./RunList";
import { SUITE, type ShippedScenario } from "./types";

/** What is to be flown and with which seeds, and what was flown. */
export function ScenarioPane({ fault, onFile }: { fault: FileFault | null; onFile: (f: File | undefined) => void }) {
  const { t } = useTranslation();
  const { bench, mayRun } = useBench();
  const d = useObservable(bench.draft.state);
  const { files, error } = useObservable(bench.scenarios);
  const pick = useRef<HTMLInputElement>(null);
  const own = d.name !== "" && d.shipped === null;
  return (
    <aside className="sim-left" aria-label={t("simulation.scenario.title")}>
      <header className="sim-head">
        <h1>{t("simulation.scenario.title")}</h1>
        <span className="grow" />
        {mayRun && (
          <>
            <button type="button" className="control" onClick={() => pick.current?.click()} title={t("simulation.scenario.openHint")} data-testid="simulation-open">{t("simulation.scenario.open")}</button>
            <input ref={pick} type="file" accept=".yaml,.yml,text/yaml,application/yaml" hidden data-testid="simulation-file" onChange={(e) => { onFile(e.target.files?.[0]); e.target.value = ""; }} />
            <RunButton />
          </>
        )}
      </header>
      <div className="sim-leftbody">
        <div className="sim-section">
          <select className="field sim-pick" aria-label={t("simulation.scenario.choose")} data-testid="simulation-scenario" value={own ? "\u0000" : d.name} disabled={files === null} onChange={(e) => {
            const s = files?.find((f) => f.name === e.target.value);
            if (s) bench.draft.pick(s);
            else if (e.target.value === SUITE) bench.draft.pickSuite();
          }}>
            {d.name === "" && <option value="" disabled>{t("simulation.scenario.choose")}</option>}
            {own && <option value={"\u0000"}>{d.name} · {t("simulation.scenario.own")}</option>}
            {files && files.length > 0 && !files.some((f) => f.name === SUITE) && <option value={SUITE}>{t("simulation.scenario.suite")} · {files.length}</option>}
            {groups(files ?? []).map(([folder, list]) => (
              <optgroup key={folder} label={folder}>
                {list.map((s) => <option key={s.name} value={s.name}>{s.name.slice(s.name.lastIndexOf("/") + 1).replace(/\.ya?ml$/, "")} · {say(s.title)}</option>)}
              </optgroup>
            ))}
          </select>
          {fault && <p className="sim-bad" role="alert">✕ {t(`simulation.scenario.fault.${fault}`)}</p>}
          {error !== null && <><ProblemNote title={t("simulation.scenario.notRead")} error={error} /><button type="button" className="control small" onClick={() => void bench.readScenarios()}>{t("app.retry")}</button></>}
          {files !== null && files.length === 0 && <p className="sim-note">{t("simulation.scenario.none")}</p>}
          <Facts d={d} files={files ?? []} />
          {d.name !== "" && !(d.name === SUITE && d.shipped !== null) && <FileRow d={d} />}
          {mayRun ? <Seeds d={d} files={files?.length ?? 0} /> : <p className="sim-note">{t("simulation.readOnly")}</p>}
        </div>
        <Composition />
        <RunList />
      </div>
    </aside>
  );
}

/** Too many wait, or it has ended already: the server says it better than "somebody was first". */
export function conflict(err: unknown): string {
  return err instanceof Problem && err.status === 409 ? err.detail : "";
}

function groups(files: readonly ShippedScenario[]): [string, ShippedScenario[]][] {
  const out = new Map<string, ShippedScenario[]>();
  for (const f of files) {
    const folder = f.name.includes("/") ? f.name.slice(0, f.name.lastIndexOf("/")).replace(/\/flights$/, "") : "–";
    out.set(folder, [...(out.get(folder) ?? []), f]);
  }
  return [...out];
}

function RunButton() {
  const { t } = useTranslation();
  const { bench } = useBench();
  const d = useObservable(bench.draft.state);
  const { files } = useObservable(bench.scenarios);
  const { starting } = useObservable(bench.begun);
  const ready = d.name !== "" && runsOf(d, files?.length ?? 0).ok;
  return (
    <button type="button" className="control primary" disabled={!ready || starting} title={d.name === "" ? t("simulation.run.needFile") : undefined} onClick={() => void bench.fly()} data-testid="simulation-run">
      {starting ? t("simulation.run.starting") : t("simulation.run.button")} <kbd>{/Mac/.test(navigator.platform) ? "⌘" : "Ctrl"} ↵</kbd>
    </button>
  );
}

function Facts({ d, files }: { d: DraftState; files: readonly ShippedScenario[] }) {
  const { t } = useTranslation();
  if (d.name === "") return null;
  const s = files.find((f) => f.name === d.name && d.shipped !== null);
  const rows: [string, string, string?][] = [];
  if (d.name === SUITE && d.shipped !== null) {
    rows.push([t("simulation.facts.files"), t("simulation.facts.filesValue", { n: files.length })]);
    rows.push([t("simulation.facts.faults"), t("simulation.composition.faultKinds", { n: new Set(files.flatMap((f) => f.faults)).size })]);
  } else {
    rows.push([t("simulation.facts.file"), d.name, d.name]);
    if (s && !changed(d)) {
      rows.push([t("simulation.facts.fleet"), t("simulation.facts.aircraft", { n: s.aircraft })], [t("simulation.facts.duration"), t("simulation.facts.virtual", { time: span(s.duration_s) })]);
      const names = [...new Set(s.faults)].map(faultName).join(" · ");
      rows.push([t("simulation.facts.faults"), names || t("simulation.facts.noFaults"), names]);
      if (s.rules.length > 0) rows.push([t("simulation.facts.rules"), s.rules.map((r) => r.replace(/^base\//, "")).join(" · "), s.rules.join("\n")]);
    } else rows.push([t("simulation.facts.lines"), t("simulation.facts.linesValue", { n: d.text.split("\n").length, kb: (new Blob([d.text]).size / 1024).toFixed(1) })]);
  }
  return <dl className="sim-facts">{rows.map(([k, v, title]) => <div key={k}><dt>{k}</dt><dd title={title}>{v}</dd></div>)}</dl>;
}

/** Whether the file is sound, and the ways to its text. */
function FileRow({ d }: { d: DraftState }) {
  const { t } = useTranslation();
  const { bench, mayRun } = useBench();
  const { tab } = useObservable(bench.looking);
  const n = d.problems?.length ?? 0;
  return (
    <>
      <div className="sim-filerow">
        <button type="button" className="control small" aria-pressed={tab === "file"} onClick={() => bench.look({ tab: tab === "file" ? "score" : "file" })} data-testid="simulation-view">{t("simulation.scenario.view")}</button>
        {mayRun && <button type="button" className="control small" disabled={d.checking} onClick={() => void bench.draft.check()} data-testid="simulation-lint">{d.checking ? t("simulation.scenario.checking") : t("simulation.scenario.check")}</button>}
        {mayRun && changed(d) && <button type="button" className="control small quiet" onClick={() => bench.draft.revert()}>{t("simulation.scenario.revert")}</button>}
        {d.problems !== null && (
          <span className="sim-lint" data-testid="simulation-verdict" data-problems={n}>{n === 0 ? `✓ ${t("simulation.scenario.sound")}` : <button type="button" onClick={() => bench.look({ tab: "file" })}>✕ {t("simulation.scenario.problems", { n })}</button>}</span>
        )}
        {changed(d) && d.problems === null && <span className="tag">{t("simulation.scenario.changed")}</span>}
      </div>
      {d.error !== null && <ProblemNote title={t("simulation.scenario.notChecked")} error={d.error} />}
    </>
  );
}

function Seeds({ d, files }: { d: DraftState; files: number }) {
  const { t } = useTranslation();
  const { bench } = useBench();
  const { error } = useObservable(bench.begun);
  const seeds = seedsOf(d);
  const { runs, ok } = runsOf(d, files);
  const hint = !seeds ? t("simulation.seeds.wrong") : !ok && runs > 0 ? t("simulation.seeds.tooMany", { runs: grouped(runs) })
    : t(runs === 1 ? "simulation.seeds.one" : "simulation.seeds.hint", { runs: grouped(runs || seeds.length), first: seeds[0], last: seeds[seeds.length - 1] });
  return (
    <>
      <div className="sim-seeds">
        <label>{t("simulation.seeds.first")}<input className="field" inputMode="numeric" value={d.first} aria-invalid={!seeds || undefined} onChange={(e) => bench.draft.seeds({ first: e.target.value })} data-testid="simulation-first" /></label>
        <label>{t("simulation.seeds.count")}<input className="field" inputMode="numeric" value={d.count} aria-invalid={!seeds || undefined} onChange={(e) => bench.draft.seeds({ count: e.target.value })} data-testid="simulation-count" /></label>
      </div>
      <p className={seeds && (ok || runs === 0) ? "sim-note" : "sim-bad"}>{hint}</p>
      {error !== null && <ProblemNote title={t("simulation.run.notStarted")} error={error} words={conflict(error)} />}
    </>
  );
}
