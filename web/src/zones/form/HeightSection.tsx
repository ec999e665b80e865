import { useTranslation } from "react-i18next";
import type { Datum } from "../../vocabulary";
import { useObservable } from "../../hooks";
import { toFeature, type LimitDraft } from "../draft";
import { serverNow } from "../../clock";
import { volumesOf, type Geoid } from "../feature";
import { HeightSketch } from "../HeightSketch";
import { limitsWords } from "../phrases";
import { Problems, Section, useFields } from "./fields";

const DATUMS: readonly Datum[] = ["agl", "amsl", "ellipsoid"];
const GEOIDS: readonly Geoid[] = ["cn1985", "egm96", "egm2008"];

export function HeightSection() {
  const { t } = useTranslation();
  const { session, draft } = useFields();
  const hand = useObservable(session.volume);
  const f = toFeature(draft, serverNow());
  // A volume without a shape yet has limits all the same.
  const limits = f.geometry === null || !f.geometry ? [f.properties] : volumesOf(f).map((v) => v.limits);
  return (
    <Section n={3} title={t("zones.edit.height")} summary={limits.map(limitsWords).join("; ")} fields={["volume.*.floor", "volume.*.ceiling"]}>
      {draft.volumes.map((v, i) => (
        <div className="zlimits" key={i} data-hand={i === hand || undefined}>
          {draft.volumes.length > 1 && <b>{t("zones.edit.volume", { n: i + 1 })}</b>}
          <LimitRow side="ceiling" volume={i} value={v.ceiling} hint={t("zones.edit.unlimited")} onChange={(ceiling, key) => session.changeVolume(i, { ceiling }, key)} />
          <LimitRow side="floor" volume={i} value={v.floor} hint={t("zones.edit.fromGround")} onChange={(floor, key) => session.changeVolume(i, { floor }, key)} />
        </div>
      ))}
      <HeightSketch volumes={limits} />
    </Section>
  );
}

function LimitRow({ side, volume, value, hint, onChange }: { side: "floor" | "ceiling"; volume: number; value: LimitDraft; hint: string; onChange(l: LimitDraft, key: string): void }) {
  const { t } = useTranslation();
  const { problems } = useFields();
  const field = `volume.${volume}.${side}`;
  const name = t(`zones.edit.${side}`);
  const bad = (problems.get(field)?.length ?? 0) > 0;
  const datums = DATUMS.includes(value.datum) ? DATUMS : [...DATUMS, value.datum];
  return (
    <div className="zlimit" data-field={field} role="group" aria-label={name}>
      <span className="label">{name}</span>
      <input className="field" inputMode="decimal" aria-label={`${name} ${t("zones.edit.value")}`} title={hint} placeholder={side === "floor" ? t("zones.limits.ground") : t("zones.limits.unlimited")} value={value.value} aria-invalid={bad || undefined} data-testid={`zone-${side}-${volume}`}
        onChange={(e) => onChange({ ...value, value: e.target.value }, side)} />
      <select className="field" aria-label={`${name} ${t("zones.edit.unit")}`} value={value.unit} onChange={(e) => onChange({ ...value, unit: e.target.value as "m" | "ft" }, "")}>
        <option value="m">{t("zones.unit.m")}</option><option value="ft">{t("zones.unit.ft")}</option>
      </select>
      <select className="field grow" aria-label={`${name} ${t("zones.edit.datum")}`} value={value.datum} data-testid={`zone-${side}-datum-${volume}`} onChange={(e) => onChange({ ...value, datum: e.target.value as Datum }, "")}>
        {datums.map((d) => <option key={d} value={d}>{t(`datum.${d}`)}</option>)}
      </select>
      {value.datum === "amsl" && (
        <select className="field geoid" aria-label={`${name} ${t("zones.edit.geoid")}`} value={value.geoid} onChange={(e) => onChange({ ...value, geoid: e.target.value as Geoid }, "")}>
          {GEOIDS.map((g) => <option key={g} value={g}>{t(`zones.geoid.${g}`)}</option>)}
        </select>
      )}
      <Problems field={field} />
    </div>
  );
}
