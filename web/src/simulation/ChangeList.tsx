import { useTranslation } from "react-i18next";
import { ProblemNote } from "../console/ProblemNote";
import { useObservable } from "../hooks";
import { figure, say } from "../words";
import { useBench } from "./bench";
import { changes, sameRuns, type Change } from "./compare";
import { grouped, levelName, percent } from "./format";
import type { Scorecard } from "./types";

const SHOWN = 10;

/** Figures that are not what they were in the run that this one is compared with. */
export function ChangeList({ card }: { card: Scorecard }) {
  const { t } = useTranslation();
  const { bench } = useBench();
  const { run: other, choice, error } = useObservable(bench.book.other);
  if (error !== null) return <section className="sim-section"><ProblemNote title={t("simulation.compare.notRead")} error={error} /></section>;
  if (!other?.card) return choice === "none" ? null : <section className="sim-section"><p className="sim-note">{t("simulation.compare.none")}</p></section>;
  const list = changes(card, other.card);
  return (
    <section className="sim-section" data-testid="simulation-changes">
      <h2>{t("simulation.compare.title", { n: other.id })}</h2>
      {!sameRuns(card, other.card) && <p className="sim-note">{t("simulation.compare.notSame")}</p>}
      {list.length === 0 && <p className="sim-note">{t("simulation.compare.same", { n: other.id })}</p>}
      <dl className="sim-changes">
        {list.slice(0, SHOWN).map((c, i) => (
          <div key={i} data-worse={c.worse}>
            <dt>{c.row ? `${[say(c.row.name) || c.row.rule, levelName(c.row.level)].filter(Boolean).join(" · ")} ${t(`simulation.changed.${c.figure}`)}` : t("simulation.compare.perHour")}</dt>
            <dd><span className="dim">{amount(c, c.was)} →</span> <b>{amount(c, c.is)}</b>{c.worse && <small> {t("simulation.compare.worse")}</small>}</dd>
          </div>
        ))}
      </dl>
      {list.length > SHOWN && <p className="sim-note">{t("simulation.compare.more", { n: list.length - SHOWN })}</p>}
    </section>
  );
}

function amount(c: Change, v: number): string {
  if (c.figure === "recall" || c.figure === "precision") return percent(v);
  return c.figure === "delay_p95" || c.figure === "nuisance" ? figure(v, 1) : grouped(v);
}
