import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDesk } from "../console/desk";
import { ProblemNote } from "../console/ProblemNote";
import { SeverityMark } from "../console/SeverityMark";
import { useObservable } from "../hooks";
import { isUnowned } from "../picture/alerts";
import { firstAircraft, membersOf } from "../picture/pairs";
import type { Alert, Approach, Pair } from "../vocabulary";
import { ago, figure, memberName, moment, quantity, say, shortName } from "../words";
import { AlertActions } from "./AlertActions";
import { RowText } from "./AlertRow";
import { LimitBar } from "./LimitBar";

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
      {step?.kind === "failed" && <ProblemNote title={t(`error.${step.action}`)} error={step.error} />}
      <AlertActions alert={a} />
      <Comments alert={a} />
    </section>
  );
}

/** Where the alert is in its life: suspected, frozen (with its last judgement), handled, resolved. */
function Life({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
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
  if (h.acknowledged_by) lines.push(t("alert.acknowledgedBy", { by: h.acknowledged_by, time: moment(h.acknowledged_at) }));
  if (h.state === "closed") lines.push(t("alert.closedBy", { by: h.closed_by ?? "", time: moment(h.closed_at), reason: t(`close.${h.close_reason ?? "true"}`) }));
  return lines.length > 0 ? <p className="life">{lines.join(" · ")}</p> : null;
}

function Facts({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const reports = a.reports ?? [];
  const first = reports[0];
  const last = reports[reports.length - 1];
  const facts: [string, React.ReactNode][] = [
    [t("alert.rule"), <>{say(a.rule_name)} <span className="dim">{a.rule} · {t("alert.pack", { id: a.pack.id, version: a.pack.version })} {a.pack.hash.slice(0, 6)}</span></>],
    [t("alert.clause"), <>{a.clause.document} {a.clause.article}{say(a.clause.text) && <span className="clause">{say(a.clause.text)}</span>}</>],
  ];
  if (a.zone) {
    facts.push([t("alert.zone"), <>{t(`restriction.mark.${a.zone.restriction}`)} {shortName(a.zone.name, a.zone.id, a.demo === true)} <span className="dim">{t("alert.version", { n: a.zone.version })}</span></>]);
  }
  if (a.pair) facts.push(...pairFacts(a.pair, t));
  facts.push([t("alert.reports"), first && last ? t("alert.reportsValue", { n: reports.length, from: moment(first.measured_at), to: moment(last.measured_at) }) : t("alert.reportsNone")]);
  if (a.height_from) facts.push([t("alert.height"), t(`height.${a.height_from}` as "height.none", { defaultValue: a.height_from })]);
  if (a.note) facts.push([t("alert.note"), t(`note.${a.note}` as "note.class_unknown", { defaultValue: a.note })]);
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
      {membersOf(a).map((m) => (
        <button key={m.kind + m.id} className="control quiet small" onClick={() => (m.kind === "aircraft" ? desk.world.select(m.id) : desk.world.selectedTraffic.set(m.id))}>
          {m.kind === "traffic" && <span className="tag">{t("object.traffic")}</span>}{memberName(m)}
        </button>
      ))}
    </div>
  );
}

function ContactLine({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const c = a.contact;
  const h = a.handling;
  const pilot = c?.pilot_longitude_deg !== undefined && c.pilot_latitude_deg !== undefined;
  return (
    <div className="contact" data-testid="contact">
      <span className="dim">{t("alert.contact")}</span>
      {c?.name || c?.phone ? <span><b>{c.name}</b> {c.phone && <a href={`tel:${c.phone.replace(/[^0-9+]/g, "")}`}>{c.phone}</a>}</span> : <span>{t("alert.noContact")}</span>}
      {pilot && (
        <button className="control quiet small" onClick={() => desk.map.get()?.flyTo(c.pilot_longitude_deg ?? 0, c.pilot_latitude_deg ?? 0, 14)}>
          {t("alert.pilot")} {c.pilot_longitude_deg?.toFixed(4)}, {c.pilot_latitude_deg?.toFixed(4)}
        </button>
      )}
      {h.call_logged_by && <span className="dim" data-testid="call-logged">✓ {t("alert.callLogged", { by: h.call_logged_by, time: moment(h.call_logged_at) })}</span>}
    </div>
  );
}

function Comments({ alert: a }: { alert: Alert }) {
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
    <div className="comments">
      {(a.handling.comments ?? []).map((c) => <p key={c.at + c.by}><span className="dim">{moment(c.at)} {c.by}</span> {c.text}</p>)}
      <form onSubmit={(e) => { e.preventDefault(); void save(); }}>
        <input className="field" value={text} maxLength={2000} placeholder={t("alert.commentPlaceholder")} aria-label={t("alert.comment")} data-testid="comment-input" onChange={(e) => setText(e.target.value)} />
      </form>
    </div>
  );
}
