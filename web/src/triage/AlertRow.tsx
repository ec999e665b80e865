import { useTranslation } from "react-i18next";
import { duration, serverNow } from "../clock";
import { useDesk } from "../console/desk";
import { SeverityMark } from "../console/SeverityMark";
import { useObservable } from "../hooks";
import { firstAircraft } from "../picture/pairs";
import { isClosedFiring, isUnowned } from "../picture/alerts";
import type { Alert } from "../vocabulary";
import { alertFigures, alertObject, hazardName, shortName } from "../words";
import { holderOf } from "./authority";
import { useNames } from "./names";

/** Two lines, 46 px: mark, who, what; where and by how much; since when, and how it stands. */
export function AlertRow({ alert: a }: { alert: Alert }) {
  const desk = useDesk();
  return (
    <button className="row" data-row data-testid="alert-row" data-alert-id={a.id} data-hazard={a.hazard} data-severity={a.severity}
      data-aircraft={firstAircraft(a) || undefined} data-state={a.state} onClick={() => desk.openAlert(a.id, false)}>
      <SeverityMark severity={a.severity} hollow={!isUnowned(a)} />
      <RowText alert={a} />
    </button>
  );
}

export function RowText({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const names = useNames();
  const holder = holderOf(a);
  // Figures first: what is cut off at the end of a narrow row must never be a number.
  const behind = a.hazard === "source_down" && a.state !== "resolved" ? desk.world.tracks.identities.filter((i) => i?.source_id === a.object.id).length : 0;
  const where = [alertFigures(a), behind > 0 && t("figures.blind", { n: behind }), holder && names.jurisdiction(holder), a.zone && shortName(a.zone.name, a.zone.id, a.demo === true)].filter(Boolean).join(" · ");
  return (
    <>
      <span className="who ellipsis"><span className="visually-hidden">{t(`severity.${a.severity}`)} </span><b>{alertObject(a)}</b> <span className="what">{hazardName(a)}</span></span>
      <span className="age">{duration(serverNow() - Date.parse(a.raised_at))}</span>
      <span className="where ellipsis">{where}</span>
      <span className="standing"><Standing alert={a} /></span>
    </>
  );
}

/** How the alert stands: suspected, frozen, acknowledged, not yet saved. */
function Standing({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const names = useNames();
  const storage = useObservable(desk.world.storage);
  const words: string[] = [];
  if (storage?.database === "down" && (a.saved_rev ?? 0) < a.rev) words.push(t("storage.unsaved"));
  if (isClosedFiring(a)) words.push(t("alert.closedFiring"));
  else if (a.state === "pending") words.push(t("alert.suspected"));
  else if (a.frozen && a.state !== "resolved") words.push(t("card.unjudged", { list: "" }).replace(/[：:]\s*$/, ""));
  if (a.folded_count) words.push(t("alert.folded", { n: a.folded_count }));
  const to = a.handling.assigned_to;
  const who = to?.username ? names.person(to.username) : to?.organisation_id ? names.organisation(to.organisation_id) : "";
  if (a.handling.state === "assigned" && who) words.push(t("handling.to", { who }));
  else if (a.state === "resolved" || !isUnowned(a)) words.push(t(`handling.${a.handling.state}`));
  return <>{words.join(" · ")}</>;
}
