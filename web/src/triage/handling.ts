// What the person at the desk does with alerts. A closing waits five seconds, in sight and undoable, before it is sent;
// if the tab goes away meanwhile nothing is sent, and the alert stays open, which is the safe side.

import { acknowledgeAlert, assignAlert, closeAlert, commentAlert, handOverAlert, logCall, lookAtContact, pullUpAlert } from "../api";
import { Observable } from "../picture/observable";
import type { Assignee, CloseReason } from "../vocabulary";

export const UNDO_MS = 5_000;
/** A number that somebody has looked at is in sight this long. */
export const PHONE_MS = 60_000;

export type Step =
  | { kind: "choosing" }
  | { kind: "assigning" }
  | { kind: "handing" }
  | { kind: "calling"; aircraft: string; number: LookedUp }
  | { kind: "undoable"; reason: CloseReason; until: number }
  | { kind: "sending"; action: Action }
  | { kind: "failed"; action: Action; error: unknown };

/** What became of a look at a number. */
export type LookedUp =
  | { at: "looking" }
  | { at: "shown"; name: string; phone: string; until: number }
  | { at: "hidden" } // its time is over
  | { at: "none" } // no number is kept, or nobody to call
  | { at: "forbidden" } // this user may not look
  | { at: "failed"; error: unknown };

export type Action = "acknowledge" | "close" | "comment" | "call" | "assign" | "handOver" | "pullUp";

/** Whom a call would be made to: the aircraft, and whether there is a number to look at and this user may. */
export interface Callee {
  aircraft: string;
  hasPhone: boolean;
  mayLook: boolean;
}

export class HandlingDesk {
  readonly steps = new Observable<ReadonlyMap<string, Step>>(new Map());
  private timers = new Map<string, ReturnType<typeof setTimeout>>();

  step(id: string): Step | undefined {
    return this.steps.get().get(id);
  }

  acknowledge(id: string): void {
    const s = this.step(id);
    if (s?.kind === "sending") return;
    void this.send(id, "acknowledge", () => acknowledgeAlert(id));
  }

  choose(id: string): void {
    this.toggle(id, "choosing");
  }

  chooseAssignee(id: string): void {
    this.toggle(id, "assigning");
  }

  chooseTarget(id: string): void {
    this.toggle(id, "handing");
  }

  assign(id: string, to: Assignee): Promise<boolean> {
    return this.send(id, "assign", () => assignAlert(id, to));
  }

  handOver(id: string, to: string): Promise<boolean> {
    return this.send(id, "handOver", () => handOverAlert(id, to));
  }

  pullUp(id: string): void {
    if (this.step(id)?.kind === "sending") return;
    void this.send(id, "pullUp", () => pullUpAlert(id));
  }

  /** First the number is shown, a second press logs the call: a key alone must not claim that somebody was called. */
  callOrLog(id: string, callee: Callee): void {
    const s = this.step(id);
    if (s?.kind === "calling" && s.aircraft === callee.aircraft) {
      if (s.number.at !== "looking") void this.call(id);
    } else this.look(id, callee);
  }

  /** One look at a number, which the server records. */
  look(id: string, { aircraft, hasPhone, mayLook }: Callee): void {
    if (this.step(id)?.kind === "undoable") return;
    const show = (number: LookedUp): void => this.put(id, { kind: "calling", aircraft, number });
    if (!hasPhone) return show({ at: "none" });
    if (!mayLook) return show({ at: "forbidden" });
    const looking: Step = { kind: "calling", aircraft, number: { at: "looking" } };
    this.put(id, looking);
    lookAtContact(aircraft, id).then(
      ({ name, phone }) => {
        if (this.step(id) !== looking) return; // went on to something else: the number is not kept
        if (!phone) return show({ at: "none" });
        const shown: Step = { kind: "calling", aircraft, number: { at: "shown", name, phone, until: performance.now() + PHONE_MS } };
        this.put(id, shown);
        setTimeout(() => this.step(id) === shown && show({ at: "hidden" }), PHONE_MS);
      },
      (error: unknown) => this.step(id) === looking && show({ at: "failed", error }),
    );
  }

  close(id: string, reason: CloseReason): void {
    clearTimeout(this.timers.get(id));
    this.put(id, { kind: "undoable", reason, until: performance.now() + UNDO_MS });
    this.timers.set(id, setTimeout(() => void this.send(id, "close", () => closeAlert(id, reason, "")), UNDO_MS));
  }

  undo(id: string): void {
    clearTimeout(this.timers.get(id));
    this.put(id, undefined);
  }

  /** Answers whether it was saved, so that the typed text is kept when it was not. */
  comment(id: string, text: string): Promise<boolean> {
    return this.send(id, "comment", () => commentAlert(id, text));
  }

  call(id: string): Promise<boolean> {
    return this.send(id, "call", () => logCall(id, ""));
  }

  /** Drops closings that were not sent yet. */
  stop(): void {
    for (const t of this.timers.values()) clearTimeout(t);
    this.timers.clear();
  }

  private toggle(id: string, kind: "choosing" | "assigning" | "handing"): void {
    if (this.step(id)?.kind === "undoable") return; // its closing would be sent unseen
    this.put(id, this.step(id)?.kind === kind ? undefined : { kind });
  }

  private async send(id: string, action: Action, call: () => Promise<unknown>): Promise<boolean> {
    this.timers.delete(id);
    const mine: Step = { kind: "sending", action };
    this.put(id, mine);
    try {
      await call();
      // Whoever went on meanwhile (the alert's new revision arrives before the answer) must not lose their step: least of
      // all an undo strip whose closing would still be sent.
      if (this.step(id) === mine) this.put(id, undefined);
      return true;
    } catch (error) {
      if (this.step(id)?.kind !== "undoable") this.put(id, { kind: "failed", action, error });
      return false;
    }
  }

  private put(id: string, step: Step | undefined): void {
    const next = new Map(this.steps.get());
    if (step) next.set(id, step);
    else next.delete(id);
    this.steps.set(next);
  }
}
