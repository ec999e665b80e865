import type { Identity } from "../vocabulary";

/** Kinds of glyph, in the order of the atlas. */
export const GLYPHS = ["multirotor", "vtol", "helicopter", "agricultural", "swarm", "crewed", "unidentified", "anonymous"] as const;
export type Glyph = (typeof GLYPHS)[number];

/** The glyph of an aircraft. An unregistered one is unidentified whatever its model claims. */
export function glyphOf(identity: Identity): number {
  return GLYPHS.indexOf(kindOf(identity));
}

/** Traffic of others, without a name: what it is, is not told. */
export const ANONYMOUS = GLYPHS.indexOf("anonymous");

function kindOf(identity: Identity): Glyph {
  if (identity.anonymous) return "anonymous";
  if (identity.registered === false) return "unidentified";
  if (identity.agricultural) return "agricultural";
  const model = identity.model ?? "";
  if (/swarm|集群|编队/i.test(model)) return "swarm";
  if (/vtol|fixed.?wing|plane|垂起|固定翼/i.test(model)) return "vtol";
  if (/heli|直升/i.test(model)) return "helicopter";
  return "multirotor";
}
