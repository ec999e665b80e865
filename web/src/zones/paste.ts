// Coordinates that a person types or pastes: decimal degrees, degrees with minutes and seconds, lines of pairs, GeoJSON.

import type { LimitProperties } from "./feature";
import { fromGeometry, rounded, type Place, type Shape } from "./shape";

/** An angle in degrees; undefined where the text is none. `114.3285`, `114°19'42.6"E`, `29 49 38 N`. */
export function parseAngle(text: string): number | undefined {
  const t = text.trim().toUpperCase().replace(/−/g, "-").replace(/[东東]经?|[东東]/g, "E").replace(/西经?/g, "W").replace(/北纬?/g, "N").replace(/南纬?/g, "S");
  const m = t.match(/^([NSEW])?\s*([+-]?\d+(?:\.\d+)?)\s*(?:[°º度\s:]\s*(?:(\d+(?:\.\d+)?)\s*(?:['′’分:\s]\s*(?:(\d+(?:\.\d+)?)\s*(?:["″”秒]|'')?)?)?)?)?\s*([NSEW])?$/);
  if (!m || (m[1] && m[5])) return undefined;
  const [d, min, s] = [Number(m[2]), Number(m[3] ?? 0), Number(m[4] ?? 0)];
  if (min >= 60 || s >= 60 || (m[3] !== undefined && !Number.isInteger(d))) return undefined;
  const size = Math.abs(d) + min / 60 + s / 3600;
  const side = m[1] ?? m[5] ?? "";
  const negative = (m[2] ?? "").startsWith("-") || side === "S" || side === "W";
  return negative ? -size : size;
}

export type Pasted = { shape: Shape; limits?: LimitProperties } | { problem: "empty" | "pairs" | "range" | "swapped" | "few" | "geojson" };

/**
 * What was pasted. Lines of longitude and latitude become a polygon, or the line of a corridor where `line` is set. An
 * order that can only be latitude first is refused rather than guessed at.
 */
export function parsePasted(text: string, line = false, radius = 500, width = 200): Pasted {
  const t = text.trim();
  if (!t) return { problem: "empty" };
  if (t.startsWith("{")) return parseGeoJSON(t, radius, width);
  const places: Place[] = [];
  for (const row of t.split(/[\n;]+/)) {
    if (!row.trim()) continue;
    const pair = row.split(/[,，\t]/).map((x) => x.trim()).filter(Boolean);
    const parts = pair.length === 2 ? pair : (row.trim().match(/^(\S+)\s+(\S+)$/)?.slice(1) ?? []);
    const [a, b] = [parseAngle(parts[0] ?? ""), parseAngle(parts[1] ?? "")];
    if (a === undefined || b === undefined) return { problem: "pairs" };
    const named = /[NS北南]/i.test(parts[0] ?? "") && /[EW东東西]/i.test(parts[1] ?? "");
    places.push(rounded(named ? [b, a] : [a, b]));
  }
  if (places.some(([x, y]) => Math.abs(x) > 180 || Math.abs(y) > 90)) {
    return { problem: places.every(([x, y]) => Math.abs(x) <= 90 && Math.abs(y) <= 180) ? "swapped" : "range" };
  }
  const [first, last] = [places[0], places[places.length - 1]];
  if (!line && places.length > 3 && first && last && first[0] === last[0] && first[1] === last[1]) places.pop();
  if (places.length < (line ? 2 : 3)) return { problem: "few" };
  return { shape: line ? { kind: "corridor", line: places, width } : { kind: "polygon", parts: [[places]] } };
}

function parseGeoJSON(text: string, radius: number, width: number): Pasted {
  try {
    const doc = JSON.parse(text) as GeoJSON.GeoJSON;
    const features = doc.type === "FeatureCollection" ? doc.features : doc.type === "Feature" ? [doc] : [];
    if (doc.type === "FeatureCollection" && features.length !== 1) return { problem: "geojson" };
    const geometry = features[0]?.geometry ?? (doc.type === "Feature" || doc.type === "FeatureCollection" ? null : doc);
    const limits = (features[0]?.properties ?? {}) as LimitProperties;
    const shape = fromGeometry(geometry, limits.radius_m ?? radius, limits.width_m ?? width);
    if (!shape) return { problem: "geojson" };
    const all = shape.kind === "circle" ? [shape.centre] : shape.kind === "corridor" ? shape.line : shape.parts.flat(2);
    if (all.some((p) => p.some((v) => !Number.isFinite(v)) || Math.abs(p[0]) > 180 || Math.abs(p[1]) > 90)) return { problem: "range" };
    return { shape, limits };
  } catch {
    return { problem: "geojson" };
  }
}
