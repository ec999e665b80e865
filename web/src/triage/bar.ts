// What the bar of an alert measures: each hazard on its own scale, with the limit where there is one.

import type { Alert } from "../vocabulary";
import { silentMs } from "../words";

export interface Bar {
  value: number;
  /** Where the mark stands: the limit, or 0 for a zone's rim and for the moment of entry. */
  mark: number;
  /** What the mark is. */
  kind: "limit" | "rim" | "entry";
  unit: string;
  /** The scale's end, a round number. */
  top: number;
  /** Which side of the mark is dangerous. */
  danger: "above" | "below";
  beyond: boolean;
  accuracy: number;
}

const HORIZON_S = 30; // how far the prediction looks ahead

/** The bar of an alert; null where there is nothing to measure (an emergency, an unknown identity). */
export function barOf(a: Alert): Bar | null {
  const accuracy = a.accuracy ?? 0;
  const measured = a.measured;
  if (a.hazard === "zone_entry") {
    if (a.variant === "predicted" && a.within_ns !== undefined) {
      const s = a.within_ns / 1e9;
      return { value: s, mark: 0, kind: "entry", unit: "s", top: Math.max(HORIZON_S, roundUp(s)), danger: "above", beyond: true, accuracy: 0 };
    }
    if (a.variant === "predicted" || measured === undefined) return null;
    if (a.variant === "near" && a.limit !== undefined) {
      return { value: measured, mark: a.limit, kind: "limit", unit: a.unit ?? "m", top: roundUp(Math.max(measured + accuracy, a.limit)), danger: "below", beyond: measured < a.limit, accuracy };
    }
    const depth = Math.abs(measured);
    return { value: depth, mark: 0, kind: "rim", unit: a.unit ?? "m", top: roundUp(depth + accuracy), danger: "above", beyond: true, accuracy };
  }
  if (measured === undefined || a.limit === undefined) return null;
  const value = a.hazard === "silence" && a.state !== "resolved" ? Math.max(measured, silentMs(a) / 1000) : measured;
  const danger = a.hazard === "battery" || a.hazard === "separation" ? "below" : "above";
  const unit = a.unit ?? "";
  return {
    value, mark: a.limit, kind: "limit", unit, danger, accuracy,
    top: unit === "%" ? 100 : roundUp(Math.max(value + accuracy, a.limit)),
    beyond: danger === "below" ? value < a.limit : value > a.limit,
  };
}

/** The next round number with a little room above v; never 0. */
export function roundUp(v: number): number {
  const wanted = Math.max(v, 1e-6) * 1.08;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 1.2, 1.4, 1.6, 2, 2.5, 3, 4, 5, 6, 8, 10].find((s) => s * power >= wanted - 1e-9) ?? 10;
  return Number((step * power).toPrecision(3));
}
