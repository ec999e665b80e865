import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { may } from "../api";
import { useDesk } from "../console/desk";
import { ProblemNote } from "../console/ProblemNote";
import { useObservable, useTick } from "../hooks";
import { CLOSE_REASONS, type Alert } from "../vocabulary";
import { cityOf, decides, holderOf, mayPullUp } from "./authority";
import type { Step } from "./handling";
import { Assign, HandOver } from "./TransferMenus";
import { useNames } from "./names";

/**
 * What this user may do with the alert, each with its key. Closing asks for a reason and can be undone for five seconds.
 * Who handles no alerts is shown no such button; who does, but not this one, sees them rest, and why.
 */
export function AlertActions({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const step = useObservable(desk.handling.steps).get(a.id);
  const storage = useObservable(desk.world.storage);
  const region = useObservable(desk.region);
  const handles = may(desk.user, "alerts.handle");
  const transfers = may(desk.user, "alerts.transfer");
  const ours = decides(desk.user, a);
  // A menu or a number of an alert that has gone to another desk meanwhile must not stay open.
  useEffect(() => {
    const kind = desk.handling.step(a.id)?.kind;
    if (!ours && kind && kind !== "failed" && kind !== "sending") desk.handling.undo(a.id);
  }, [desk, a.id, ours]);
  useTick(250);
  if (step?.kind === "undoable") {
    const left = Math.max(0, Math.ceil((step.until - performance.now()) / 1000));
    return (
      <div className="actions undo" role="status" data-testid="undo">
        <span>{t("alert.closing", { reason: t(`close.${step.reason}`), n: left })}</span>
        <button className="control" onClick={() => desk.handling.undo(a.id)}>{t("app.undo")} <kbd>Esc</kbd></button>
      </div>
    );
  }
  const sending = step?.kind === "sending";
  const closed = a.handling.state === "closed";
  const rest = sending || !ours;
  return (
    <>
      {step?.kind === "choosing" && <Reasons alert={a} />}
      {step?.kind === "assigning" && <Assign alert={a} />}
      {step?.kind === "handing" && <HandOver alert={a} />}
      {step?.kind === "calling" && <Calling step={step} />}
      {handles && !ours && <HeldBy alert={a} />}
      <div className="actions">
        {handles && (
          <button className="control primary" data-testid="ack-button" disabled={rest || a.handling.state !== "new"} onClick={() => desk.handling.acknowledge(a.id)}>
            {t(a.handling.state === "new" ? "alert.acknowledge" : "handling.acknowledged")} <kbd>{t("keys.space")}</kbd>
          </button>
        )}
        {transfers && <button className="control" data-testid="assign-button" disabled={rest || closed} aria-expanded={step?.kind === "assigning"} onClick={() => desk.handling.chooseAssignee(a.id)}>{t("alert.assign")} <kbd>A</kbd></button>}
        {handles && <CallButton alert={a} step={step} rest={rest} />}
        {handles && <button className="control" data-testid="close-button" disabled={rest || closed} aria-expanded={step?.kind === "choosing"} onClick={() => desk.handling.choose(a.id)}>{t("alert.close")} <kbd>X</kbd></button>}
        {transfers && <button className="control" data-testid="handover-button" disabled={rest || closed} aria-expanded={step?.kind === "handing"} onClick={() => desk.handling.chooseTarget(a.id)}>{t("alert.handOver")} <kbd>H</kbd></button>}
        {mayPullUp(desk.user, a, region) && <button className="control" data-testid="pullup-button" disabled={rest} onClick={() => desk.handling.pullUp(a.id)}>{t("alert.pullUp")} <kbd>U</kbd></button>}
        <button className="control" data-testid="goto-button" onClick={() => desk.goTo(a.id)}>{t("alert.goTo")} <kbd>G</kbd></button>
      </div>
      {sending && <p className="saving" role="status">{t("alert.saving")}</p>}
      {!sending && storage?.database === "down" && (a.saved_rev ?? 0) < a.rev && <p className="saving" data-testid="unsaved">{t("alert.unsaved")} · {t("storage.safe")}</p>}
    </>
  );
}

/** Why the buttons rest: another desk has it. */
function HeldBy({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  return <p className="heldby" role="note" data-testid="held-by">{t("alert.heldBy", { holder: useHolder(a) })}</p>;
}

/** The desk that has the alert, in words. */
export function useHolder(a: Alert): string {
  const { t } = useTranslation();
  const region = useObservable(useDesk().region);
  const { jurisdiction } = useNames();
  const id = holderOf(a);
  return id ? jurisdiction(id) : jurisdiction(cityOf(region)) || t("alert.city");
}

function Reasons({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const firing = a.state !== "resolved";
  return (
    <div className="reasons" role="group" aria-label={t("alert.closeWhy")}>
      <span className="dim">{t("alert.closeWhy")}</span>
      {CLOSE_REASONS.map((r, i) => (
        <button key={r} className="control small" data-testid={`close-${r}`} disabled={r === "true" && firing} title={r === "true" && firing ? t("alert.trueNeedsResolved") : undefined}
          onClick={() => desk.handling.close(a.id, r)}>{t(`close.${r}`)} <kbd>{i + 1}</kbd></button>
      ))}
      {firing && <small className="dim">{t("alert.trueNeedsResolved")}</small>}
    </div>
  );
}

/** A browser cannot call: the number is shown to dial, and the call is logged by a second press. */
function CallButton({ alert: a, step, rest }: { alert: Alert; step: Step | undefined; rest: boolean }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const calling = step?.kind === "calling";
  return (
    <button className="control" data-testid="call-button" disabled={rest || (calling && step.number.at === "looking")} aria-expanded={calling} onClick={() => desk.callOrLog(a, calling ? step.aircraft : undefined)}>
      {t(calling ? "alert.logCall" : "alert.call")} <kbd>C</kbd>
    </button>
  );
}

/** Whom to call, large enough to dial from, for a minute; or in words why there is no number. */
function Calling({ step }: { step: Extract<Step, { kind: "calling" }> }) {
  const { t } = useTranslation();
  const n = step.number;
  switch (n.at) {
    case "failed":
      return <div data-testid="calling"><ProblemNote title={t("error.look")} error={n.error} /></div>;
    case "shown": {
      const left = Math.max(0, Math.ceil((n.until - performance.now()) / 1000));
      return (
        <div className="calling" role="status" data-testid="calling">
          {n.name && <span>{n.name}</span>}<a href={`tel:${n.phone.replace(/[^0-9+]/g, "")}`}>{n.phone}</a>
          <small className="dim">{t("alert.lookRecorded", { n: left })}</small>
          <small className="dim">{t("alert.logHint")}</small>
        </div>
      );
    }
  }
  const words = { looking: t("alert.looking"), hidden: t("alert.lookHidden"), none: t("alert.noPhone"), forbidden: t("alert.noPersonal") }[n.at];
  return (
    <div className="calling" role="status" data-testid="calling">
      <span>{words}</span>
      {n.at !== "looking" && n.at !== "hidden" && <small className="dim">{t("alert.logHint")}</small>}
    </div>
  );
}
