import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useObservable } from "../hooks";
import { figure } from "../words";
import { useBench } from "./bench";
import { faultName, grouped, shortHash, span } from "./format";
import type { ScoredRun } from "./types";

/** Where there is less height the runs come first. */
const TALL = "(min-height: 900px)";

/** What the shown run was made of. */
export function Composition() {
  const { t } = useTranslation();
  const { bench } = useBench();
  const { run } = useObservable(bench.book.shown);
  const { run: other } = useObservable(bench.book.other);
  const looking = useObservable(bench.looking);
  const [tall] = useState(() => matchMedia(TALL).matches);
  const card = run?.card;
  if (!card || card.runs.length === 0) return null;
  const sum = (of: (r: ScoredRun) => number): number => card.runs.reduce((n, r) => n + of(r), 0);
  const kinds = [...new Set(card.runs.flatMap((r) => (r.faults ?? []).map((f) => f.fault)))];
  const rows: [string, string, string?][] = [
    [t("simulation.composition.events"), grouped(card.total.events)],
    [t("simulation.composition.near_misses"), grouped(card.total.near_misses)],
    [t("simulation.composition.nuisance"), grouped(card.total.nuisance)],
    ...(kinds.length > 0 ? [[t("simulation.composition.faults"), t("simulation.composition.faultKinds", { n: kinds.length }), kinds.map(faultName).join(" · ")] as [string, string, string]] : []),
    [t("simulation.composition.messages"), grouped(sum((r) => r.messages))],
    [t("simulation.composition.lost"), grouped(sum((r) => r.lost))],
    [t("simulation.composition.rejected"), grouped(sum((r) => r.rejected))],
    [t("simulation.composition.hours"), span(Math.round(card.hours * 3600))],
    [t("simulation.composition.perHour"), figure(card.nuisance_per_operator_hour, 1)],
  ];
  rows.push([t("simulation.head.by"), run.by]);
  const flight = card.runs[looking.run] ?? card.runs[0];
  const before = other?.card?.runs.find((r) => r.scenario === flight?.scenario && r.seed === flight.seed);
  if (flight?.hash) {
    const same = before ? t(before.hash === flight.hash ? "simulation.head.streamSame" : "simulation.head.streamDiffers", { n: other?.id }) : "";
    rows.push([t("simulation.head.stream"), [shortHash(flight.hash), same].filter(Boolean).join(" "), `${t("simulation.run.same")}\n${flight.hash}`]);
  }
  if (card.packs.length > 0) rows.push([t("simulation.head.packs"), card.packs.length > 2 ? String(card.packs.length) : card.packs.map((p) => `${p.id} ${p.version}`).join(" · "), card.packs.map((p) => `${p.id} ${p.version} ${p.hash.slice(0, 12)}`).join("\n")]);
  if (card.version) rows.push([t("simulation.head.version"), card.version]);
  return (
    <details className="sim-section sim-fold" open={tall} data-testid="simulation-composition">
      <summary><h2>{t("simulation.composition.title")} <small className="dim">{t("simulation.run.number", { n: run.id })}</small></h2></summary>
      <dl className="sim-counts">{rows.map(([k, v, title]) => <div key={k} title={title}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>
    </details>
  );
}
