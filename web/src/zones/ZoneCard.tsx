import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../clock";
import { useDesk } from "../console/desk";
import { ProblemNote } from "../console/ProblemNote";
import { useObservable, useTick } from "../hooks";
import type { Text } from "../vocabulary";
import { quantity, say } from "../words";
import { useJurisdictionName, useKinds, useMinute, usePage } from "./context";
import { Deferred } from "./Deferred";
import { vertexCount } from "./diff";
import { fromFeature, newDraft } from "./draft";
import { ExportMenu } from "./ExportMenu";
import { ceilingOf, floorOf, restrictionOf, volumesOf, type Exemption, type Feature, type ZoneContact } from "./feature";
import { HeightSketch } from "./HeightSketch";
import { Icon, RestrictionMark } from "./Mark";
import { areaWords, limitWords, limitsWords, validityWords, zoneName } from "./phrases";
import { endZone } from "./rest";
import { dayWords, hasEvents, scheduleWords } from "./schedule";
import { areaOf, fromGeometry } from "./shape";
import { validityOf } from "./validity";
import { Versions } from "./Versions";

interface Props {
  id: string;
  feature: Feature | null;
  onBack(): void;
  onPreview(f: Feature | null): void;
  onLocate(f: Feature): void;
}

export function ZoneCard({ id, feature, onBack, onPreview, onLocate }: Props) {
  const { t } = useTranslation();
  const page = usePage();
  const name = feature ? zoneName(feature) : id;
  const own = feature && page.keeps(feature);
  return (
    <>
      <header className="zhead">
        <button className="zicon" aria-label={t("zones.back")} title={t("zones.back")} onClick={onBack} data-testid="zone-back"><Icon name="back" /></button>
        {feature && <RestrictionMark restriction={restrictionOf(feature.properties)} temporary={feature.properties.temporary === true} />}
        <h2 className="ellipsis" data-testid="zone-title">{name}</h2>
        {feature && <span className="dim">{t("zones.version", { n: feature.properties.version ?? 0 })}</span>}
        <span className="grow" />
        {feature && <button className="zicon" aria-label={t("zones.locate")} title={t("zones.locate")} onClick={() => onLocate(feature)}><Icon name="locate" /></button>}
      </header>
      <div className="zbody">
        {feature ? <Facts feature={feature} /> : <p className="zgone">{t("zones.card.gone")}</p>}
        <Versions key={`${id} ${feature?.properties.version ?? 0}`} id={id} mayRestore={feature ? page.keeps(feature) : page.mayEdit} onPreview={onPreview} />
      </div>
      {feature && (
        <footer className="zfoot">
          {own && <End feature={feature} />}
          <ExportMenu ids={[id]} label={t("zones.exports.one")} />
          <span className="grow" />
          {page.mayEdit && (
            <button className={own ? "control" : "control primary"} data-testid="zone-copy" onClick={() => {
              const copy = `${id.slice(0, 48)}-${Math.random().toString(36).slice(2, 6)}`;
              const from = fromFeature(feature);
              const { superior: _, source: __, ed: ___, ...rest } = from.rest;
              page.edit(`new:${copy}`, newDraft(copy), { ...from, id: copy, base: 0, rest });
            }}>{t("zones.copyOf")}</button>
          )}
          {own && <button className="control primary" data-testid="zone-edit" onClick={() => {
            const key = `edit:${id}`;
            page.edit(key, fromFeature(feature), page.shelf.find(key)?.draft);
          }}>{t("zones.change")}</button>}
        </footer>
      )}
    </>
  );
}

function Facts({ feature }: { feature: Feature }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const minute = useMinute();
  const kinds = useKinds();
  const jurisdiction = useJurisdictionName();
  const alerts = useObservable(desk.world.alerts);
  const p = feature.properties;
  useTick(1000);
  const now = serverNow();
  const validity = validityOf(p.applicability ?? [], minute);
  const volumes = volumesOf(feature);
  const both = (zh: string | undefined, en: string | undefined): string => say({ zh: zh || en || "", en: en || zh || "" });
  const kind = kinds.find((k) => k.kind === p.kind);
  const hot = alerts.active.some((a) => a.zone?.id === p.id && a.variant !== "predicted");
  const published = Date.parse(p.published_at ?? "");
  return (
    <div className="zfacts">
      <p className="zstate"><b>{t(`restriction.${restrictionOf(p)}`)}</b><span>{validityWords(validity, p.temporary === true, now)}</span>{hot && <strong>{t("zones.card.hot")}</strong>}</p>
      {p.superior && <p className="znote">{t("zones.card.superior", { name: p.superior })}</p>}
      {p.demo && <p className="znote">{t("zones.card.demoNote")}</p>}
      <HeightSketch volumes={volumes.map((v) => v.limits)} />
      <dl>
        {volumes.map((v, i) => (
          <Fact key={i} name={i === 0 ? t("zones.field.limits") : t("zones.edit.volume", { n: i + 1 })}>
            {limitsWords(v.limits)}
            {i === 0 && <small>{[floorOf(v.limits) ? "" : t("zones.card.groundNote"), ceilingOf(v.limits) ? feet(v.limits) : t("zones.card.unlimitedNote")].filter(Boolean).join(" · ")}</small>}
          </Fact>
        ))}
        <Fact name={t("zones.field.applicability")}>
          {scheduleWords(p.applicability ?? [], now).map((w) => <span className="line" key={w}>{w}</span>)}
          {hasEvents(p.applicability ?? []) && <small>{t("zones.schedule.events")}</small>}
          {p.temporary && <small>{t("zones.edit.temporaryHint")}</small>}
        </Fact>
        <Fact name={t("zones.field.shape")}>{shapeWords(feature, t)}</Fact>
        <Fact name={t("zones.field.buffer")}>{p.buffer_m ? quantity(p.buffer_m, "m") : t("zones.card.bufferNone")}</Fact>
        <Fact name={t("zones.field.warningBand")}>{p.warning_band_m ? quantity(p.warning_band_m, "m") : t("zones.card.warningNone")}</Fact>
        <Fact name={t("zones.field.reason")}>
          {[...(p.reasons ?? []).map((r) => t(`zones.reasonCode.${r}`, { defaultValue: r })), both(p.reason_zh, p.reason_en)].filter(Boolean).join(" · ") || <Unknown>{t("zones.card.noReason")}</Unknown>}
        </Fact>
        {both(p.conditions_zh, p.conditions_en) && <Fact name={t("zones.field.conditions")}>{both(p.conditions_zh, p.conditions_en)}</Fact>}
        {both(p.message_zh, p.message_en) && <Fact name={t("zones.field.message")}>{both(p.message_zh, p.message_en)}</Fact>}
        <Fact name={t("zones.field.authority")}>{p.authority || <Unknown>{t("zones.card.noAuthority")}</Unknown>}</Fact>
        <Fact name={t("zones.card.who")}>{p.contacts?.length ? p.contacts.map((c, i) => <Contact key={i} contact={c} />) : <Unknown>{t("zones.card.noContact")}</Unknown>}</Fact>
        <Fact name={t("zones.card.exempt")}>{p.exemptions?.length ? p.exemptions.map((x, i) => <span className="line" key={i}>{exemptionWords(x, t)}</span>) : <Unknown>{t("zones.card.exemptNone")}</Unknown>}</Fact>
        <Fact name={t("zones.field.kind")}>{kind ? say(kind.name) : p.kind || <Unknown>{t("zones.edit.kindNone")}</Unknown>}</Fact>
        <Fact name={t("zones.field.source")}>{p.source || t("zones.card.own")}</Fact>
        {!!p.jurisdiction_ids?.length && <Fact name={t("zones.field.jurisdictions")}>{p.jurisdiction_ids.map(jurisdiction).join(t("zones.schedule.and"))}</Fact>}
        {p.ed && <Fact name={t("zones.field.ed")}>{Object.keys(p.ed).join(", ")}<small>{t("zones.card.edKept")}</small></Fact>}
        <Fact name={t("zones.field.id")}><code>{p.id}</code></Fact>
        <Fact name={t("zones.field.published")}>{Number.isFinite(published) ? dayWords(published, now) : t("zones.unknown")}</Fact>
      </dl>
    </div>
  );
}

type Translate = ReturnType<typeof useTranslation>["t"];

/** Limits given in feet, with their metres. */
function feet(l: Parameters<typeof floorOf>[0]): string {
  return [floorOf(l), ceilingOf(l)].flatMap((x) => (x?.feet ? [limitWords(x)] : [])).join(" – ");
}

export function shapeWords(f: Feature, t: Translate): string {
  const shapes = volumesOf(f).flatMap((v) => fromGeometry(v.geometry, v.limits.radius_m, v.limits.width_m) ?? []);
  const first = shapes[0];
  if (!first) return t("zones.unknown");
  const holes = first.kind === "polygon" ? first.parts.reduce((n, r) => n + r.length - 1, 0) : 0;
  const size = first.kind === "circle" ? t("zones.draw.radius", { v: quantity(first.radius, "m") }) : first.kind === "corridor" ? `${t("zones.draw.widthM").replace(/ m$/, "")} ${quantity(first.width, "m")}` : t("zones.shape.vertices", { n: vertexCount(f) });
  return [
    t(`zones.shape.${first.kind}`), size, first.kind === "polygon" && first.parts.length > 1 ? t("zones.shape.parts", { n: first.parts.length }) : "", holes > 0 ? t("zones.shape.holes", { n: holes }) : "",
    shapes.length > 1 ? t("zones.limits.volumes", { n: shapes.length }) : "", t("zones.shape.about", { v: areaWords(shapes.reduce((sum, s) => sum + areaOf(s), 0)) }),
  ].filter(Boolean).join(" · ");
}

export function exemptionWords(x: Exemption, t: Translate): string {
  return [
    x.organisation_id ? `${t("zones.field.organisation")} ${x.organisation_id}` : "", x.scenario ? `${t("zones.edit.scenario")} ${t(`scenario.${x.scenario}`, { defaultValue: x.scenario })}` : "",
    x.plan_id ? `${t("zones.edit.plan")} ${x.plan_id}` : "",
  ].filter(Boolean).join(" + ");
}

function Contact({ contact: c }: { contact: ZoneContact }) {
  const { t } = useTranslation();
  const words = (x: Text | undefined): string => say(x);
  return (
    <span className="line">
      {[words(c.name), words(c.service), words(c.person)].filter(Boolean).join(" · ")}{" "}
      {c.phone && <a href={`tel:${c.phone.replace(/[^\d+]/g, "")}`}>{c.phone}</a>} {c.email && <a href={`mailto:${c.email}`}>{c.email}</a>}{" "}
      {/^https?:\/\//.test(c.url ?? "") ? <a href={c.url} target="_blank" rel="noreferrer noopener">{c.url}</a> : c.url}{" "}
      <span className="dim">{[c.purpose && t(`zones.purpose.${c.purpose}`, { defaultValue: c.purpose }), c.before && t("zones.card.before", { v: c.before })].filter(Boolean).join(" · ")}</span>
    </span>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

function Unknown({ children }: { children: ReactNode }) {
  return <span className="dim">{children}</span>;
}

/** Ending a zone: with a reason, and five seconds to take it back. */
function End({ feature }: { feature: Feature }) {
  const { t } = useTranslation();
  const page = usePage();
  const [step, setStep] = useState<"" | "asking" | "counting" | "busy">("");
  const [reason, setReason] = useState("");
  const [error, setError] = useState<unknown>(null);
  const name = zoneName(feature);
  const end = async (): Promise<void> => {
    setStep("busy");
    try {
      await endZone(feature.properties.id, reason.trim());
      page.toast(t("zones.act.ended", { name }));
    } catch (err) {
      setError(err);
    }
    setStep("");
  };
  return (
    <>
      <button className="control quiet" onClick={() => setStep(step ? "" : "asking")} disabled={step === "counting" || step === "busy"} data-testid="zone-end">{t("zones.act.end")}</button>
      {(step || error !== null) && (
        <div className="zact">
          {error !== null && <ProblemNote title={t("zones.act.failedEnd")} error={error} />}
          {step === "asking" && (
            <>
              <small>{t("zones.act.ending")}</small>
              <div className="zreason">
                <input className="field grow" value={reason} autoFocus placeholder={t("zones.act.reason")} aria-label={t("zones.act.reason")} maxLength={500} onChange={(e) => setReason(e.target.value)} data-testid="zone-reason" />
                <button className="control" disabled={!reason.trim()} onClick={() => { setError(null); setStep("counting"); }} data-testid="zone-end-confirm">{t("zones.act.endConfirm")}</button>
              </div>
            </>
          )}
          {step === "counting" && <Deferred what={t("zones.act.willEnd", { name })} word={t("zones.act.endWord")} act={() => void end()} undo={() => setStep("asking")} dropped={page.toast} />}
        </div>
      )}
    </>
  );
}
