// Open alerts, and the order in which the triage list shows them.

import { severityRank, type Alert } from "../vocabulary";
import { Observable } from "./observable";

/** Whether the alert still belongs in the working list; the same rule as lowsky.Alert.Open. */
export function isOpen(a: Alert): boolean {
  if (a.parent_id) return false; // folded: its source's alert stands for it
  if (a.found_late) return false;
  if (a.state !== "resolved") return true;
  return a.handling.state === "new" && !!a.fired_at;
}

/** Closed by a person while it still fires: stays on the map, leaves the working list. */
export function isClosedFiring(a: Alert): boolean {
  return a.state !== "resolved" && a.handling.state === "closed";
}

export function isUnowned(a: Alert): boolean {
  return a.handling.state === "new";
}

/** Severity, then unowned first, then the oldest first; the id makes the order total. */
export function compareAlerts(a: Alert, b: Alert): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    Number(isUnowned(b)) - Number(isUnowned(a)) ||
    Date.parse(a.raised_at) - Date.parse(b.raised_at) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

export interface AlertLists {
  version: number;
  byId: ReadonlyMap<string, Alert>;
  /** Open, not resolved, not closed. */
  pending: readonly Alert[];
  /** Closed by a person while they still fire: below the open ones, not counted among them. */
  closed: readonly Alert[];
  /** Resolved by themselves, waiting for somebody to acknowledge. */
  resolved: readonly Alert[];
  /** Drawn on the map: everything that still fires or is suspected. */
  active: readonly Alert[];
  counts: { warning: number; caution: number; advisory: number; info: number };
}

const EMPTY: AlertLists = {
  version: 0, byId: new Map(), pending: [], closed: [], resolved: [], active: [],
  counts: { warning: 0, caution: 0, advisory: 0, info: 0 },
};

export class AlertStore extends Observable<AlertLists> {
  private all = new Map<string, Alert>();
  private batched = false;

  constructor() {
    super(EMPTY);
  }

  replace(alerts: Alert[]): void {
    this.all = new Map(alerts.map((a) => [a.id, a]));
    this.publish();
  }

  /** Takes a new revision. An older one than known is ignored; many in one task cost one re-order. */
  upsert(a: Alert): Alert | undefined {
    const old = this.all.get(a.id);
    if (old && old.rev > a.rev) return old;
    this.all.set(a.id, a);
    this.publishSoon();
    return old;
  }

  /** The alert is out of sight for this principal. */
  remove(id: string): void {
    if (this.all.delete(id)) this.publishSoon();
  }

  stored(revs: { id: string; rev: number }[]): void {
    for (const { id, rev } of revs) {
      const a = this.all.get(id);
      if (a && (a.saved_rev ?? 0) < rev) this.all.set(id, { ...a, saved_rev: rev });
    }
    this.publishSoon();
  }

  find(id: string): Alert | undefined {
    return this.all.get(id);
  }

  private publishSoon(): void {
    if (this.batched) return;
    this.batched = true;
    queueMicrotask(() => {
      this.batched = false;
      this.publish();
    });
  }

  private publish(): void {
    this.prune();
    const alerts = [...this.all.values()];
    const pending = alerts.filter((a) => isOpen(a) && a.state !== "resolved" && !isClosedFiring(a)).sort(compareAlerts);
    const resolved = alerts
      .filter((a) => a.state === "resolved" && !a.found_late && !a.parent_id && !!a.fired_at)
      .sort((a, b) => Number(isUnowned(b)) - Number(isUnowned(a)) || Date.parse(b.resolved_at ?? "") - Date.parse(a.resolved_at ?? ""));
    const counts = { warning: 0, caution: 0, advisory: 0, info: 0 };
    for (const a of pending) if (a.severity !== "none") counts[a.severity]++;
    this.set({
      version: this.get().version + 1,
      byId: new Map(this.all),
      pending,
      closed: alerts.filter((a) => isClosedFiring(a) && isOpen(a)).sort(compareAlerts),
      resolved,
      active: alerts.filter((a) => a.state !== "resolved" && !a.found_late && !a.parent_id).sort(compareAlerts),
      counts,
    });
  }

  /** Resolved alerts that somebody handled stay in sight for a while; the newest 200 of them. */
  private prune(): void {
    const done = [...this.all.values()].filter((a) => a.state === "resolved" && !isOpen(a));
    if (done.length <= 200) return;
    done.sort((a, b) => Date.parse(a.changed_at) - Date.parse(b.changed_at));
    for (const a of done.slice(0, done.length - 200)) this.all.delete(a.id);
  }
}
