import { useTranslation } from "react-i18next";
import type { Restriction } from "../vocabulary";

/** What a zone asks: line, texture and a word, so that colour is never alone. */
export function RestrictionMark({ restriction, temporary = false }: { restriction: Restriction; temporary?: boolean }) {
  const { t } = useTranslation();
  const name = t(`restriction.${restriction}`);
  return (
    <span className="zmark" data-restriction={restriction} data-temporary={temporary || undefined} role="img" aria-label={temporary ? `${t("zones.field.temporary")} ${name}` : name}>
      <span aria-hidden="true">{temporary ? t("zones.temporaryMark") : t(`restriction.mark.${restriction}`)}</span>
    </span>
  );
}

const PATHS: Record<string, string> = {
  back: "M11 4L5.5 9l5.5 5", close: "M5 5l8 8M13 5l-8 8", plus: "M9 4v10M4 9h10", undo: "M6 4L3 7l3 3M3 7h7a4 4 0 0 1 0 8H7", redo: "M12 4l3 3-3 3M15 7H8a4 4 0 0 0 0 8h3",
  polygon: "M4 13L6 4l8 2 1 7z", circle: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z", corridor: "M3 13l5-6 3 3 4-6", hole: "M3 3h12v12H3zM7 7h4v4H7z", part: "M2.5 9L5 3l4 2-1 5zM10 15l1-5 4.5 1-1 4z",
  paste: "M6 4h6v2H6zM5 5H4v10h10V5h-1M6.5 9h5M6.5 12h5", trash: "M4 5h10M7 5V3.5h4V5M5.5 5l.6 9.5h5.8l.6-9.5", locate: "M9 4.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM9 2v4M9 12v4M2 9h4M12 9h4",
  search: "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M11.5 11.5l4 4", check: "M3.5 9.5l3.5 3.5 7.5-8", more: "M4 7l5 5 5-5",
};

export function Icon({ name, size = 16 }: { name: string; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true"><path d={PATHS[name]} /></svg>
  );
}
