// The order of rows under a pointer. A row that somebody is about to press must not move: while the pointer is in the
// list, rows keep their places, new alerts wait under a strip, and only red ones enter, at the top.

import type { Alert } from "../vocabulary";

export interface Arrangement {
  /** Ids in the order shown. */
  shown: string[];
  /** Ids that wait under the "n new alerts" strip. */
  waiting: string[];
}

/**
 * The next arrangement. `ordered` is every alert of the tab in its proper order. Held, rows of `before` stay where
 * they are (those that are gone leave), new red ones go on top, others wait. Not held, the proper order is taken.
 */
export function arrange(before: Arrangement, ordered: readonly Alert[], held: boolean): Arrangement {
  if (!held) return { shown: ordered.map((a) => a.id), waiting: [] };
  const present = new Set(ordered.map((a) => a.id));
  const kept = before.shown.filter((id) => present.has(id));
  const known = new Set(kept);
  const fresh = ordered.filter((a) => !known.has(a.id));
  const red = fresh.filter((a) => a.severity === "warning").map((a) => a.id);
  const waiting = fresh.filter((a) => a.severity !== "warning").map((a) => a.id);
  return { shown: [...red, ...kept], waiting };
}
