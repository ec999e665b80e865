import i18n from "i18next";
import { calendarDay, clockTime, serverNow } from "../../clock";
import { dayAt, validity } from "../days";
import type { Day } from "../types";

/** `2026-11-23 14:32` in Asia/Shanghai, without the year in this one; – where it is not known. */
export function instant(iso: string | undefined, seconds = false): string {
  const t = Date.parse(iso ?? "");
  if (!Number.isFinite(t) || t <= 0) return "–";
  const { month, day } = calendarDay(t);
  const year = dayAt(t).slice(0, 4);
  return `${year === dayAt(serverNow()).slice(0, 4) ? "" : `${year}-`}${month}-${day} ${seconds ? clockTime(t) : clockTime(t).slice(0, 5)}`;
}

/** `剩 12 天`, `已过期 3 天`; empty while it is far away. */
export function validityWord(day: Day | undefined): string {
  const v = validity(day, serverNow());
  if (v.state === "unknown" || v.state === "valid") return "";
  if (v.state === "ended") return i18n.t("admin.validity.ended", { n: -v.days });
  return v.days === 0 ? i18n.t("admin.validity.today") : i18n.t("admin.validity.left", { n: v.days });
}
