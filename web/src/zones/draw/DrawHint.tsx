import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { useObservable } from "../../hooks";
import { areaWords, metresWords } from "../phrases";
import { areaOf, lineLength, metresBetween, type Place } from "../shape";
import type { EditSession, Sketch } from "./session";

/** At the foot of the map: what the next click does, and how long or large it is so far. */
export function DrawHint({ session }: { session: EditSession }) {
  const { t } = useTranslation();
  const sketch = useObservable(session.sketch);
  const selected = useObservable(session.selected);
  const refused = useObservable(session.refused);
  const map = document.querySelector(".mapside");
  if (!map || (!sketch.tool && !selected)) return null;
  const hint = { polygon: "hintPolygon", part: "hintPolygon", hole: "hintHole", circle: "hintCircle", corridor: "hintCorridor", "": "hintEdit" }[sketch.tool];
  return createPortal(
    <div className="zhint" data-obstacle role="status">
      <b>{refused ? t(`zones.draw.${refused}`) : measure(sketch, t)}</b>
      <span>{t(`zones.draw.${hint}`)}</span>
      {sketch.tool && (
        <>
          {sketch.tool !== "circle" && sketch.places.length > 1 && <button className="control small" onClick={() => session.finish()} data-testid="zone-draw-finish">{t("zones.draw.finish")}</button>}
          <button className="control small quiet" onClick={() => session.cancel()}>{t("zones.draw.cancel")}</button>
        </>
      )}
    </div>,
    map,
  );
}

function measure(s: Sketch, t: ReturnType<typeof useTranslation>["t"]): string {
  const places: Place[] = s.pointer ? [...s.places, s.pointer] : [...s.places];
  const [a, b] = places;
  if (!a || !b) return "";
  if (s.tool === "circle") return t("zones.draw.radius", { v: metresWords(metresBetween(a, b)) });
  if (s.tool === "corridor" || places.length < 3) return t("zones.draw.length", { v: metresWords(lineLength(places)) });
  return t("zones.draw.area", { v: areaWords(areaOf({ kind: "polygon", parts: [[places]] })) });
}
