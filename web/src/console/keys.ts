// Keys of the live console. Off while typing.

import { mayHandle, mayPullUp, mayTransfer } from "../triage/authority";
import { CLOSE_REASONS, severityRank } from "../vocabulary";
import { NO_FILTER, type Desk } from "./desk";

/** Rows of the overlay: what is printed, and the word for it. */
export const KEYS: readonly [string, string][] = [
  ["space", "acknowledge"], ["A", "assign"], ["C", "call"], ["X", "close"], ["H", "handOver"], ["U", "pullUp"], ["G", "goTo"], ["N  ⇧N", "next"], ["/", "search"], ["T", "trails"], ["M", "sound"],
  ["F", "follow"], ["L", "link"], ["1–4", "severity"], ["0", "clear"], ["Esc", "escape"], ["?", "help"],
];

export interface KeyTargets {
  search(): void;
  help(show?: boolean): void;
  copyLink(): void;
}

function typing(target: EventTarget | null): boolean {
  const e = target as HTMLElement | null;
  return !!e && (e.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(e.tagName));
}

export function onKey(e: KeyboardEvent, desk: Desk, ui: KeyTargets): void {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if (e.key === "Escape") {
    if (typing(e.target)) (e.target as HTMLElement).blur();
    else escape(desk, ui);
    return;
  }
  if (typing(e.target)) return;
  if (act(e, desk, ui)) e.preventDefault();
}

const CLOSED_BY_ESCAPE: ReadonlySet<string> = new Set(["choosing", "assigning", "handing", "calling", "undoable"]);

function escape(desk: Desk, ui: KeyTargets): void {
  ui.help(false);
  const alert = desk.alert.get();
  const step = alert ? desk.handling.step(alert) : undefined;
  if (step && CLOSED_BY_ESCAPE.has(step.kind)) desk.handling.undo(alert);
  else if (alert) desk.openAlert("", false);
  else desk.world.select("");
}

function act(e: KeyboardEvent, desk: Desk, ui: KeyTargets): boolean {
  const alert = desk.world.alerts.find(desk.alert.get());
  const choosing = alert && desk.handling.step(alert.id)?.kind === "choosing";
  if (/^[1-4]$/.test(e.key)) {
    const n = Number(e.key);
    if (choosing) {
      const reason = CLOSE_REASONS[n - 1];
      if (reason && !(reason === "true" && alert.state !== "resolved")) desk.handling.close(alert.id, reason);
    } else severityFilter(desk, 5 - n);
    return true;
  }
  switch (e.key) {
    case " ":
      // A focused button keeps its own meaning of Space.
      if ((e.target as HTMLElement | null)?.tagName === "BUTTON" && !(e.target as HTMLElement).closest("[data-row]")) return false;
      if (alert && alert.handling.state === "new" && mayHandle(desk.user, alert)) desk.handling.acknowledge(alert.id);
      return true;
    case "/":
      ui.search();
      return true;
    case "?":
      ui.help();
      return true;
    case "0":
      desk.filter.set(NO_FILTER);
      return true;
  }
  switch (e.key.toLowerCase()) {
    case "x":
      if (alert && alert.handling.state !== "closed" && mayHandle(desk.user, alert)) desk.handling.choose(alert.id);
      return true;
    case "a":
      if (alert && mayTransfer(desk.user, alert)) desk.handling.chooseAssignee(alert.id);
      return true;
    case "h":
      if (alert && mayTransfer(desk.user, alert)) desk.handling.chooseTarget(alert.id);
      return true;
    case "u":
      if (alert && mayPullUp(desk.user, alert, desk.region.get())) desk.handling.pullUp(alert.id);
      return true;
    case "c":
      if (alert) desk.callOrLog(alert);
      return true;
    case "g":
      if (alert) desk.goTo(alert.id);
      return true;
    case "n":
      step(desk, e.shiftKey ? -1 : 1);
      return true;
    case "t":
      desk.trails.set(!desk.trails.get());
      return true;
    case "m":
      desk.sound.toggle();
      return true;
    case "f":
      desk.follow.set(!desk.follow.get() && desk.world.selected.get() !== "");
      return true;
    case "l":
      ui.copyLink();
      return true;
  }
  return false;
}

/** 4 red … 1 blue, as a toggle: only that severity, or all again. */
function severityFilter(desk: Desk, rank: number): void {
  const f = desk.filter.get();
  const only = f.severities.size === 1 && f.severities.has(rank);
  desk.filter.set({ ...f, severities: only ? new Set() : new Set([rank]) });
}

/** The next or previous alert of the tab, in its order. */
export function step(desk: Desk, by: number): void {
  const lists = desk.world.alerts.get();
  const f = desk.filter.get();
  const list = (desk.tab.get() === "pending" ? [...lists.pending, ...lists.closed] : [...lists.resolved])
    .filter((a) => f.severities.size === 0 || f.severities.has(severityRank(a.severity)));
  if (list.length === 0) return;
  const i = list.findIndex((a) => a.id === desk.alert.get());
  const next = list[i < 0 ? (by > 0 ? 0 : list.length - 1) : (i + by + list.length) % list.length];
  if (next) desk.openAlert(next.id, true);
}
