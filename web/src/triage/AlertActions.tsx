import { useTranslation } from "react-i18next";
import { useDesk } from "../console/desk";
import { useObservable, useTick } from "../hooks";
import { CLOSE_REASONS, type Alert } from "../vocabulary";

/** Acknowledge, close, call, go to: each with its key. Closing asks for a reason and can be undone for five seconds. */
export function AlertActions({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const step = useObservable(desk.handling.steps).get(a.id);
  const storage = useObservable(desk.world.storage);
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
  return (
    <>
      {step?.kind === "choosing" && <Reasons alert={a} />}
      {step?.kind === "calling" && <Calling alert={a} />}
      <div className="actions">
        <button className="control primary" data-testid="ack-button" disabled={sending || a.handling.state !== "new"} onClick={() => desk.handling.acknowledge(a.id)}>
          {t(a.handling.state === "new" ? "alert.acknowledge" : "handling.acknowledged")} <kbd>{t("keys.space")}</kbd>
        </button>
        <button className="control" data-testid="close-button" disabled={sending || closed} aria-expanded={step?.kind === "choosing"} onClick={() => desk.handling.choose(a.id)}>{t("alert.close")} <kbd>X</kbd></button>
        <CallButton alert={a} />
        <button className="control" data-testid="goto-button" onClick={() => desk.goTo(a.id)}>{t("alert.goTo")} <kbd>G</kbd></button>
      </div>
      {sending && <p className="saving" role="status">{t("alert.saving")}</p>}
      {!sending && storage?.database === "down" && (a.saved_rev ?? 0) < a.rev && <p className="saving" data-testid="unsaved">{t("alert.unsaved")} · {t("storage.safe")}</p>}
    </>
  );
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
function CallButton({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const calling = useObservable(desk.handling.steps).get(a.id)?.kind === "calling";
  return (
    <button className="control" data-testid="call-button" aria-expanded={calling} onClick={() => desk.handling.callOrLog(a.id)}>
      {t(calling ? "alert.logCall" : "alert.call")} <kbd>C</kbd>
    </button>
  );
}

/** Whom to call, large enough to dial from. */
function Calling({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const c = a.contact;
  return (
    <div className="calling" role="status" data-testid="calling">
      {c?.phone ? <><span>{c.name}</span><a href={`tel:${c.phone.replace(/[^0-9+]/g, "")}`}>{c.phone}</a></> : <span>{t("alert.noContact")}</span>}
    </div>
  );
}
