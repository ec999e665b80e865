// Scenario files, their runs, and how good the alerts of each run were. Code, words and styles come with the first opening.

import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { may } from "../api";
import { useDesk } from "../console/desk";
import { useObservable } from "../hooks";
import { Bench, BenchContext, useBench } from "./bench";
import type { FileFault } from "./draft";
import { FindingPane } from "./FindingPane";
import { RunHead } from "./RunHead";
import { ScenarioPane } from "./ScenarioPane";
import { ScorePane } from "./ScorePane";
import { SourceView } from "./SourceView";
import { addSimulationWords } from "./words";
import "./simulation.css";

addSimulationWords();

export default function SimulationPage() {
  const { t } = useTranslation();
  const desk = useDesk();
  const allowed = may(desk.user, "simulations.read");
  const mayRun = may(desk.user, "simulations.run");
  const bench = useMemo(() => new Bench(), []);
  useEffect(() => {
    if (!allowed) return;
    bench.start();
    return () => bench.stop();
  }, [bench, allowed]);
  // The map was taken from view: it measures itself anew when it comes back.
  useEffect(() => () => void setTimeout(() => window.dispatchEvent(new Event("resize"))), []);
  if (!allowed) return <div className="sim-empty" data-testid="simulation-refused"><b>{t("simulation.noRight")}</b><span>{t("simulation.noRightHint")}</span></div>;
  return <BenchContext value={{ bench, mayRun }}><Whole /></BenchContext>;
}

function Whole() {
  const { t } = useTranslation();
  const { bench, mayRun } = useBench();
  const { tab } = useObservable(bench.looking);
  const [over, setOver] = useState(false);
  const [fault, setFault] = useState<FileFault | null>(null);
  usePlace();

  useEffect(() => {
    const key = (e: KeyboardEvent): void => {
      if (!mayRun || !(e.ctrlKey || e.metaKey) || e.key !== "Enter" || e.isComposing) return;
      e.preventDefault();
      void bench.fly();
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  }, [bench, mayRun]);

  const open = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const why = await bench.draft.open(file);
    setFault(why);
    if (why) return;
    bench.look({ tab: "file" });
    if (mayRun) void bench.draft.check();
  };
  const files = (e: React.DragEvent): boolean => mayRun && e.dataTransfer.types.includes("Files");
  return (
    <div className="sim" data-testid="simulation" data-over={over || undefined}
      onDragOver={(e) => { if (files(e)) { e.preventDefault(); setOver(true); } }}
      onDragLeave={(e) => { if (!e.currentTarget.contains(e.relatedTarget as Node | null)) setOver(false); }}
      onDrop={(e) => { if (files(e)) { e.preventDefault(); setOver(false); void open(e.dataTransfer.files[0]); } }}>
      <ScenarioPane fault={fault} onFile={(f) => void open(f)} />
      <section className="sim-middle">
        <RunHead />
        {tab === "file" ? <SourceView /> : <ScorePane />}
      </section>
      <FindingPane />
      {over && <div className="sim-drop" aria-hidden="true">{t("simulation.scenario.drop")}</div>}
    </div>
  );
}

/** Keeps the address and the page at one: which run, which finding. */
function usePlace(): void {
  const desk = useDesk();
  const { bench } = useBench();
  const place = useObservable(desk.simulation);
  const shown = useObservable(bench.book.shown);
  const { finding } = useObservable(bench.looking);
  const card = shown.run?.card;

  // The address names a run, at first or by "back": show it.
  useEffect(() => {
    if (place.run > 0 && place.run !== bench.book.shown.get().id) void bench.book.show(place.run);
  }, [bench, place]);

  useEffect(() => {
    if (shown.run) bench.follow(shown.run);
  }, [bench, shown.run]);

  // A card has come: look at what is worst in it, or at what the address asks for.
  const cardOf = useRef(0);
  useEffect(() => {
    if (shown.id !== 0 && shown.id !== desk.simulation.get().run) desk.simulation.set({ run: shown.id, finding: -1 });
    if (!card) {
      if (cardOf.current !== shown.id) bench.opened(undefined);
      cardOf.current = 0;
      return;
    }
    if (cardOf.current === shown.id) return;
    cardOf.current = shown.id;
    const asked = desk.simulation.get();
    bench.opened(card, asked.run === shown.id && asked.finding >= 0 ? asked.finding : 0);
  }, [bench, desk, shown.id, card]);

  useEffect(() => {
    const now = desk.simulation.get();
    if (card && now.run === shown.id && cardOf.current === shown.id && now.finding !== finding) desk.simulation.set({ ...now, finding });
  }, [desk, shown.id, card, finding]);
}
