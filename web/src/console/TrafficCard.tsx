import { useTranslation } from "react-i18next";
import { useObservable, useTick } from "../hooks";
import { ageText, trafficName } from "../layers/label-text";
import { age, isStale } from "../picture/traffic";
import { figure } from "../words";
import { useDesk } from "./desk";

/** A crewed target: what it told, nothing worked out of it. */
export function TrafficCard() {
  const { t } = useTranslation();
  const desk = useDesk();
  const target = useObservable(desk.world.traffic).get(useObservable(desk.world.selectedTraffic));
  useTick(1000);
  if (!target) return null;
  const v = target.view;
  const now = performance.now();
  const p = v.position;
  const heights: [string, number | undefined][] = [["amsl", p.altitude_amsl_m], ["pressure_isa", v.pressure_altitude_m], ["ellipsoid", p.altitude_hae_m]];
  const known = heights.flatMap(([datum, m]) => (m === undefined ? [] : [`${figure(Math.round(m))}\u2009m ${t(`datum.${datum as "amsl"}`)}`]));
  const number = (x: number | undefined, unit: string, digits: number): string => (x === undefined ? "–" : `${figure(x, digits)}${unit}`);
  const facts: [string, string][] = [
    [t("traffic.height"), known.join(" · ") || "–"],
    [t("card.speed"), number(v.ground_speed_mps, "\u2009m/s", 0)],
    [t("card.course"), number(v.course_deg, "°", 0)],
    [t("card.climb"), number(v.vertical_speed_mps, "\u2009m/s", 1)],
    [t("card.age"), `${ageText(age(target, now))}${isStale(target, now) ? ` · ${t("state.stale")}` : ""}`],
    [t("traffic.seen"), [v.seen_by, v.source_id].filter(Boolean).join(" · ") || "–"],
  ];
  if (v.category) facts.push([t("traffic.category"), v.category]);
  return (
    <article className="zone-card" data-testid="traffic-card" data-obstacle aria-label={t("object.traffic")}>
      <header>
        <b className="ellipsis">{trafficName(target.id)}</b>
        <span className="tag">{t("object.traffic")}</span>
        <button className="control quiet small" aria-label={t("app.close")} onClick={() => desk.world.selectedTraffic.set("")}>✕</button>
      </header>
      <dl className="facts">{facts.map(([k, x]) => <div key={k}><dt>{k}</dt><dd>{x}</dd></div>)}</dl>
    </article>
  );
}
