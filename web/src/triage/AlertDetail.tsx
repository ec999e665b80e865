import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem, may } from "../api";
import { useDesk } from "../console/desk";
import { ProblemNote } from "../console/ProblemNote";
import { SeverityMark } from "../console/SeverityMark";
import { useObservable } from "../hooks";
import { isUnowned } from "../picture/alerts";
import { firstAircraft, membersOf } from "../picture/pairs";
import type { Alert, Approach, Pair } from "../vocabulary";
import { ago, figure, memberName, moment, quantity, say, shortName } from "../words";
import { AlertActions, useHolder } from "./AlertActions";
import { RowText } from "./AlertRow";
import { LimitBar } from "./LimitBar";
import { decides, isUnnamed, mayHandle, partiesOf, type Party } from "./authority";
import type { Action } from "./handling";
import { useNames } from "./names";

/** One alert opened: why it fired, what to do, whom to call, and the buttons with their keys. */
export function AlertDetail({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const step = useObservable(desk.handling.steps).get(a.id);
  return (
    <section className="detail" data-testid="alert-detail" data-alert-id={a.id} data-state={a.state} data-handling={a.handling.state}>
      <button className="row open" data-row data-testid="alert-row" data-alert-id={a.id} data-hazard={a.hazard} data-severity={a.severity}
        data-aircraft={firstAircraft(a) || undefined} data-state={a.state} onClick={() => desk.openAlert("", false)}>
        <SeverityMark severity={a.severity} hollow={!isUnowned(a)} />
        <RowText alert={a} />
      </button>
      <p className="text">{say(a.text)}</p>
      <Life alert={a} />
      <h3>{t("alert.why")}</h3>
      <LimitBar alert={a} />
      <Facts alert={a} />
      {say(a.advice) && <p className="advice"><span className="dim">{t("alert.advice")}</span> {say(a.advice)}</p>}
      {a.object.kind === "pair" && <Members alert={a} />}
      <ContactLine alert={a} />
      {step?.kind === "failed" && <Failed alert={a} action={step.action} error={step.error} />}
      <AlertActions alert={a} />
      <Course alert={a} />
      {may(desk.user, "alerts.handle") && <CommentField alert={a} />}
    </section>
  );
}

/** What was not done. Who was first, or who has the alert now, the newest state says better than the server's refusal. */
function Failed({ alert: a, action, error }: { alert: Alert; action: Action; error: unknown }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const holder = useHolder(a);
  if (error instanceof Problem && (error.status === 409 || error.status === 412)) error = new Problem(error.status, "", "", error.id);
  if (error instanceof Problem && error.status === 403 && !decides(desk.user, a)) error = new Problem(403, "", t("error.heldBy", { holder }), error.id);
  return <ProblemNote title={t(`error.${action}`)} error={error} />;
}

/** Where the alert is in its life: suspected, frozen (with its last judgement), handled, resolved. */
function Life({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const { person } = useNames();
  const h = a.handling;
  const lines: string[] = [];
  if (a.state === "pending") lines.push(t("alert.suspected"));
  if (a.frozen && a.state !== "resolved") {
    lines.push(t("alert.frozen", { reason: t(`unjudged.${a.frozen}` as "unjudged.other", { defaultValue: a.frozen }), age: ago(a.last_judged_at) }));
  }
  if (a.state === "resolved") lines.push(`${t("alert.resolved")} ${moment(a.resolved_at)} · ${t(`resolve.${a.resolve_reason ?? "clear"}` as "resolve.clear", { defaultValue: a.resolve_reason ?? "" })}`);
  if (a.hazard === "source_down") lines.push(t("alert.notSilence"));
  if (a.count > 1) lines.push(t("alert.count", { n: a.count }));
  if (a.previous_id) lines.push(t("alert.previous"));
  // Companies are told when, but not by whom.
  if (h.acknowledged_by) lines.push(t("alert.acknowledgedBy", { by: person(h.acknowledged_by), time: moment(h.acknowledged_at) }));
  else if (h.acknowledged_at) lines.push(t("alert.acknowledgedAt", { time: moment(h.acknowledged_at) }));
  if (h.state === "closed") {
    const how = { time: moment(h.closed_at), reason: t(`close.${h.close_reason ?? "true"}`) };
    lines.push(h.closed_by ? t("alert.closedBy", { by: person(h.closed_by), ...how }) : t("alert.closedAt", how));
  }
  return lines.length > 0 ? <p className="life">{lines.join(" · ")}</p> : null;
}

function Facts({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const names = useNames();
  const holder = useHolder(a);
  const h = a.handling;
  const reports = a.reports ?? [];
  const first = reports[0];
  const last = reports[reports.length - 1];
  const facts: [string, React.ReactNode][] = [
    [t("alert.rule"), <>{say(a.rule_name)} <span className="dim">{a.rule} · {t("alert.pack", { id: t(`pack.${a.pack.id as "base"}`, { defaultValue: a.pack.id }), version: a.pack.version })} {a.pack.hash?.slice(0, 6)}</span></>],
  ];
  if (a.clause.document || say(a.clause.text)) facts.push([t("alert.clause"), <>{a.clause.document} {a.clause.article}{say(a.clause.text) && <span className="clause">{say(a.clause.text)}</span>}</>]);
  if (a.zone) {
    facts.push([t("alert.zone"), <>{t(`restriction.mark.${a.zone.restriction}`)} {shortName(a.zone.name, a.zone.id, a.demo === true)} <span className="dim">{t("alert.version", { n: a.zone.version })}</span></>]);
  }
  if (a.pair) facts.push(...pairFacts(a.pair, t));
  // A company is not told on which records an alert on two aircraft rests.
  if (reports.length > 0 || !desk.user.scope?.anonymous) facts.push([t("alert.reports"), first && last ? t("alert.reportsValue", { n: reports.length, from: moment(first.measured_at), to: moment(last.measured_at) }) : t("alert.reportsNone")]);
  if (a.height_from) facts.push([t("alert.height"), t(`height.${a.height_from}` as "height.none", { defaultValue: a.height_from })]);
  if (a.note) facts.push([t("alert.note"), t(`note.${a.note}` as "note.class_unknown", { defaultValue: a.note })]);
  facts.push([t("alert.holder"), <span data-testid="holder">{holder}{h.holder_since && <span className="dim"> {t("alert.since", { time: moment(h.holder_since) })}</span>}</span>]);
  const to = h.assigned_to;
  if (to?.username || to?.organisation_id) {
    facts.push([t("alert.assignee"), <span data-testid="assignee">{to.username ? names.person(to.username) : names.organisation(to.organisation_id ?? "")}{h.assigned_at && <span className="dim"> {t("alert.since", { time: moment(h.assigned_at) })}{h.assigned_by && ` · ${names.person(h.assigned_by)}`}</span>}</span>]);
  }
  return <dl className="facts">{facts.map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>;
}

/** Closest approach and now, each across and up beside its minimum, with the bounds of what is known. */
function pairFacts(p: Pair, t: ReturnType<typeof useTranslation>["t"]): [string, React.ReactNode][] {
  const one = (v: number | undefined, bound: number | undefined, limit: number): string =>
    v === undefined ? t("pair.noHeight") : t("pair.beside", { v: `${figure(v)}${bound ? ` ±${figure(bound)}` : ""}\u2009m`, limit: quantity(limit, "m") });
  const both = (x: Approach): React.ReactNode => <>{t("pair.horizontal")} {one(x.horizontal_m, x.horizontal_bound_m, p.minima.horizontal_m)}<br />{t("pair.vertical")} {one(x.vertical_m, x.vertical_bound_m, p.minima.vertical_m)}</>;
  const facts: [string, React.ReactNode][] = [];
  if (p.closest.in_ns > 5e8) facts.push([t("pair.closest"), <>{t("pair.in", { seconds: Math.round(p.closest.in_ns / 1e9) })}<br />{both(p.closest)}</>]);
  facts.push([t("pair.atFinding"), both(p.now)]);
  const reason = p.reason || p.closest.reason;
  if (reason) facts.push([t("pair.unjudged"), t(`unjudged.${reason}` as "unjudged.other", { defaultValue: reason })]);
  return facts;
}

/** The two of a pair: press one to look at it. */
function Members({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  return (
    <div className="contact" data-testid="pair-members">
      <span className="dim">{t("object.pair")}</span>
      {membersOf(a).map((m) => isUnnamed(m.id) && m.kind === "aircraft" ? <span key={m.id}>{memberName(m)}</span> : (
        <button key={m.kind + m.id} className="control quiet small" onClick={() => (m.kind === "aircraft" ? desk.world.select(m.id) : desk.world.selectedTraffic.set(m.id))}>
          {m.kind === "traffic" && <span className="tag">{t("object.traffic")}</span>}{memberName(m)}
        </button>
      ))}
    </div>
  );
}

/** Whom to call. Numbers are not in the picture: looking at one is an action of its own, and recorded. */
function ContactLine({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const { person } = useNames();
  const h = a.handling;
  const parties = partiesOf(a).filter((p) => p.contact);
  const logged = h.call_logged_by ? t("alert.callLogged", { by: person(h.call_logged_by), time: moment(h.call_logged_at) }) : h.call_logged_at ? t("alert.callLoggedAt", { time: moment(h.call_logged_at) }) : "";
  // Who is told nothing of the contact is not told either that there is none.
  if (parties.length === 0 && !logged && desk.user.scope?.anonymous) return null;
  return (
    <div className="contact" data-testid="contact">
      <span className="dim">{t("alert.contact")}</span>
      {parties.length === 0 && <span>{t("alert.noContact")}</span>}
      {parties.map((p) => <PartyLine key={p.aircraft} alert={a} party={p} several={parties.length > 1} />)}
      {logged && <span className="dim" data-testid="call-logged">✓ {logged}</span>}
    </div>
  );
}

function PartyLine({ alert: a, party, several }: { alert: Alert; party: Party; several: boolean }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const c = party.contact;
  const member = membersOf(a).find((m) => m.id === party.aircraft);
  const pilot = c?.pilot_longitude_deg !== undefined && c.pilot_latitude_deg !== undefined;
  return (
    <>
      {several && member && <span className="tag">{memberName(member)}</span>}
      {c?.name ? <b>{c.name}</b> : <span>{t("alert.noContact")}</span>}
      <span className="dim">{t(c?.has_phone ? "alert.hasPhone" : "alert.noPhone")}</span>
      {several && c?.has_phone && mayHandle(desk.user, a) && <button className="control quiet small" onClick={() => desk.callOrLog(a, party.aircraft)}>{t("alert.call")}</button>}
      {pilot && (
        <button className="control quiet small" onClick={() => desk.map.get()?.flyTo(c.pilot_longitude_deg ?? 0, c.pilot_latitude_deg ?? 0, 14)}>
          {t("alert.pilot")} {c.pilot_longitude_deg?.toFixed(4)}, {c.pilot_latitude_deg?.toFixed(4)}
        </button>
      )}
    </>
  );
}

/** Comments and transfers, in the order in which they came. */
function Course({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const { person, jurisdiction } = useNames();
  const steps: { at: string; words: React.ReactNode }[] = [
    ...(a.handling.comments ?? []).map((c) => ({ at: c.at, words: <><span className="dim">{person(c.by)}</span> {c.text}</> })),
    ...(a.handling.transfers ?? []).map((x) => ({
      at: x.at,
      words: t(x.action === "pull_up" ? "alert.pulledUp" : "alert.handedOver", { by: person(x.by), from: jurisdiction(x.from_id) || t("alert.city"), to: jurisdiction(x.to_id) || t("alert.city") }).trim(),
    })),
  ].sort((x, y) => Date.parse(x.at) - Date.parse(y.at));
  if (steps.length === 0) return null;
  return <div className="comments" data-testid="course">{steps.map((s, i) => <p key={i}><span className="dim">{moment(s.at)}</span> {s.words}</p>)}</div>;
}

function CommentField({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    if (!text.trim() || busy) return;
    setBusy(true);
    if (await desk.handling.comment(a.id, text.trim())) setText("");
    setBusy(false);
  };
  return (
    <form className="comments" onSubmit={(e) => { e.preventDefault(); void save(); }}>
      <input className="field" value={text} maxLength={2000} placeholder={t("alert.commentPlaceholder")} aria-label={t("alert.comment")} data-testid="comment-input" onChange={(e) => setText(e.target.value)} />
    </form>
  );
}
