import { useTranslation } from "react-i18next";
import { useDesk } from "../console/desk";
import { useReason } from "../console/ProblemNote";
import { useTick } from "../hooks";
import { duration } from "../clock";
import type { Restriction, Text } from "../vocabulary";
import { shortName } from "../words";
import type { Check } from "./check";
import { useJurisdictionName } from "./context";
import type { Fields } from "./form/fields";
import { Icon } from "./Mark";
import { areaWords, fieldName, metresWords } from "./phrases";
import type { CheckedAircraft } from "./rest";

/** What the server says of the draft, above all who is inside right now. Nothing of it is in force. */
export function CheckResult({ check, own, fields, restriction }: { check: Check; own: number; fields: Fields; restriction: Restriction }) {
  const { t } = useTranslation();
  const jurisdiction = useJurisdictionName();
  const why = useReason(check.error);
  const now = useTick(1000);
  const { answer } = check;
  const count = [...fields.problems.values()].reduce((n, l) => n + l.length, 0);
  const verdict = own > 0 || (answer && answer.problems.length > 0) ? "not" : check.error !== null ? "failed" : answer?.valid ? "ok" : check.running || !answer ? "running" : "not";
  return (
    <section className="zcheck" aria-label={t("zones.check.title")} data-testid="zone-check" data-verdict={verdict} data-current={check.current}>
      <h3>
        <span className={`verdict ${verdict}`}>{verdict === "ok" && <Icon name="check" />}{t(`zones.check.${verdict}`)}</span>
        {verdict === "not" && count > 0 && <span className="dim">{t("zones.check.problems", { n: count })}</span>}
        {answer && verdict !== "not" && (
          <span className="dim ellipsis">
            {[answer.area_m2 === undefined ? "" : t("zones.check.area", { v: areaWords(answer.area_m2) }),
              answer.jurisdiction_ids.length > 0 ? answer.jurisdiction_ids.map(jurisdiction).join(t("zones.schedule.and")) : t("zones.check.noJurisdiction")].filter(Boolean).join(" · ")}
          </span>
        )}
        <span className="grow" />
        {answer && <small className="dim">{check.running ? t("zones.check.running") : t("zones.check.age", { age: duration(now - check.at) })}</small>}
      </h3>
      {check.error !== null && own === 0 && <p role="alert">{why}</p>}
      {count > 0 && (
        <ul className="zproblems">
          {[...fields.problems].flatMap(([field, list]) => list.map((p) => (
            <li key={field + p}><button onClick={() => reveal(field)}>{t("zones.check.field", { field: fieldName(field), problem: p })}</button></li>
          )))}
        </ul>
      )}
      {answer && own === 0 && answer.problems.length === 0 && (
        <>
          <p className={answer.inside.length > 0 ? "inside some" : "inside"} data-testid="zone-inside">{answer.inside.length > 0 ? t("zones.check.inside", { n: answer.inside.length }) : t("zones.check.insideNone")}{answer.near.length > 0 && <span className="dim"> · {t("zones.check.near", { n: answer.near.length })}</span>}
            {answer.cannot_tell.length > 0 && <strong> · {t("zones.check.cannotTell", { n: answer.cannot_tell.length })}</strong>}{answer.cut && <strong> · {t("zones.check.cut")}</strong>}</p>
          {(answer.inside.length + answer.near.length + answer.cannot_tell.length > 0) && (
            <ul className="zinside">
              {answer.inside.map((a) => <Aircraft key={`${a.aircraft_id} ${a.volume ?? 0}`} aircraft={a} inside />)}
              {answer.cannot_tell.slice(0, 20).map((a) => <Aircraft key={`${a.aircraft_id} where`} aircraft={a} lost />)}
              {answer.near.slice(0, 20).map((a) => <Aircraft key={`${a.aircraft_id} ${a.volume ?? 0} near`} aircraft={a} />)}
            </ul>
          )}
          {answer.active_now === false && <small className="dim">{t("zones.check.notNow")}</small>}
          <small className="dim">{restriction === "prohibited" && answer.inside.length > 0 ? t("zones.check.prohibitedAll") : t("zones.check.notEnforced")}</small>
        </>
      )}
    </section>
  );
}

function Aircraft({ aircraft: a, inside = false, lost = false }: { aircraft: CheckedAircraft; inside?: boolean; lost?: boolean }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const go = (): void => {
    desk.world.select(a.aircraft_id);
    const { tracks } = desk.world;
    const slot = tracks.slotOf(a.aircraft_id);
    if (slot === undefined || !tracks.hasFix[slot]) return;
    const p = tracks.position(slot);
    desk.map.get()?.flyTo(p.longitude, p.latitude, desk.map.get()?.map.getZoom());
  };
  const slot = desk.world.tracks.slotOf(a.aircraft_id);
  const identity = slot === undefined ? undefined : desk.world.tracks.identities[slot];
  const given: Text | undefined = typeof a.name === "string" ? { zh: a.name, en: a.name } : (a.name ?? identity?.name);
  const state = ["within", "above", "below"].includes(a.vertical_state ?? "") ? a.vertical_state! : "unknown";
  const distance = lost || a.distance_m === undefined ? "" : t(inside ? "zones.check.depth" : "zones.check.away", { v: metresWords(Math.abs(a.distance_m)) });
  return (
    <li>
      <button onClick={go} data-testid={inside ? "zone-inside-row" : "zone-near-row"}>
        <b className="ellipsis">{shortName(given, a.aircraft_id, a.demo === true || !!(identity?.demo || identity?.simulated))}</b>
        <span className={state === "within" && inside ? "strong" : "dim"}>{lost ? t("zones.check.lost") : t(`zones.check.${state}`)}{state === "unknown" && a.reason ? ` (${t(`unjudged.${a.reason}`, { defaultValue: a.reason })})` : ""}</span>
        <span className="dim">{[a.exempt ? t("zones.check.exempt") : "", a.on_ground ? t("state.ground") : "", distance, a.volume ? t("zones.check.volume", { n: a.volume + 1 }) : ""].filter(Boolean).join(" · ")}</span>
      </button>
    </li>
  );
}

/** Brings a field of the form into sight and puts the cursor there. */
function reveal(field: string): void {
  const box = document.querySelector<HTMLElement>(`.zform [data-field="${CSS.escape(field)}"]`) ?? document.querySelector<HTMLElement>(`.zform [data-field="${CSS.escape(field.split(".")[0] ?? "")}"]`);
  box?.scrollIntoView({ block: "center" });
  (box?.matches("input,select,button") ? box : box?.querySelector<HTMLElement>("input,select,textarea,button"))?.focus({ preventScroll: true });
}
