// Colours that canvases and shaders need as values; the same tokens as styles/tokens.css.

export const COLOUR = {
  bg0: "#0a0c0f",
  bg1: "#0f1317",
  bg2: "#14191e",
  land: "#10151a",
  water: "#182631",
  borderAdmin: "#323c46",
  line1: "#20272e",
  line3: "#4c5863",
  text1: "#e9edf1",
  text2: "#aab4be",
  text3: "#808c98",
  warning: "#ff5c5c",
  caution: "#ff9f40",
  advisory: "#f4d94b",
  info: "#7b93ff",
  onSev: "#14110d",
  prohibited: "#cc5f86",
  authorisation: "#b3925f",
  conditional: "#8c9db3",
  stale: "#8a949d",
  accent: "#35c2d6",
} as const;

export const SEVERITY_COLOUR = ["#808c98", COLOUR.info, COLOUR.advisory, COLOUR.caution, COLOUR.warning] as const;

/** The height ramp: [metres above ground, colour]. It breaks at 120 m, the ceiling of open airspace. */
export const HEIGHT_RAMP: readonly [number, string][] = [
  [0, "#428557"], [40, "#4ea86b"], [80, "#6bc987"], [120, "#a4e7b2"],
  [120.01, "#8d65d8"], [180, "#b285ea"], [240, "#d2a5f4"], [300, "#eec7fa"],
];

export function rgb(hex: string): [number, number, number] {
  const n = parseInt(hex.slice(1), 16);
  return [(n >> 16) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}

/** The ramp's colours as shaders take them. */
export const RAMP_RGB = new Float32Array(HEIGHT_RAMP.flatMap(([, c]) => rgb(c)));

const named = new Map<number, string>();

/** The ramp's colour at a height, clamped to 0–300 m; white where no height above ground is known. */
export function heightColour(metres: number): string {
  if (!(metres === metres)) return COLOUR.text1;
  // By half metres and remembered; the break lies just above 120 m.
  const half = Math.round(Math.min(300, Math.max(0, metres)) * 2);
  const key = metres > 120 && half === 240 ? 240.5 : metres <= 120 && half > 240 ? 240 : half;
  let colour = named.get(key);
  if (colour === undefined) named.set(key, (colour = mixed(key === 240.5 ? 120.01 : key / 2)));
  return colour;
}

function mixed(h: number): string {
  for (let i = 1; i < HEIGHT_RAMP.length; i++) {
    const [h0, c0] = HEIGHT_RAMP[i - 1]!;
    const [h1, c1] = HEIGHT_RAMP[i]!;
    if (h > h1) continue;
    const t = (h - h0) / (h1 - h0);
    const a = rgb(c0);
    const b = rgb(c1);
    const mix = a.map((v, k) => Math.round(255 * (v + (b[k]! - v) * t)));
    return `rgb(${mix.join(",")})`;
  }
  return HEIGHT_RAMP[HEIGHT_RAMP.length - 1]![1];
}
