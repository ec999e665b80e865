// What the person at the desk does with alerts. A closing waits five seconds, in sight and undoable, before it is sent;
// if the tab goes away meanwhile nothing is sent, and the alert stays open, which is the safe side.

import { acknowledgeAlert, closeAlert, commentAlert, logCall } from "../api";
import { Observable } from "../picture/observable";
import type { CloseReason } from "../vocabulary";

export const UNDO_MS = 5_000;

export type Step =
  | { kind: "choosing" }
  | { kind: "calling" }
  | { kind: "undoable"; reason: CloseReason; until: number }
  | { kind: "sending"; action: Action }
  | { kind: "failed"; action: Action; error: unknown };

export type Action = "acknowledge" | "close" | "comment" | "call";

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
    this.put(id, this.step(id)?.kind === "choosing" ? undefined : { kind: "choosing" });
  }

  /** First the number is shown, a second press logs the call: a key alone must not claim that somebody was called. */
  callOrLog(id: string): void {
    if (this.step(id)?.kind === "calling") void this.call(id);
    else this.put(id, { kind: "calling" });
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

  dismiss(id: string): void {
    this.put(id, undefined);
  }

  /** Drops closings that were not sent yet. */
  stop(): void {
    for (const t of this.timers.values()) clearTimeout(t);
    this.timers.clear();
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
