import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../clock";
import { ProblemNote } from "../console/ProblemNote";
import { quantity, say } from "../words";
import { usePage } from "./context";
import { Deferred } from "./Deferred";
import { changesBetween, only, type Change } from "./diff";
import { asFeature, nameOf, type Feature } from "./feature";
import { limitsWords } from "./phrases";
import { fetchVersions, restoreVersion, type Version } from "./rest";
import { dayWords, scheduleWords } from "./schedule";
import { exemptionWords, shapeWords } from "./ZoneCard";

/** Every version with who published it, why, and what it changed. */
export function Versions({ id, mayRestore, onPreview }: { id: string; mayRestore: boolean; onPreview(f: Feature | null): void }) {
  const { t } = useTranslation();
  const page = usePage();
  const [list, setList] = useState<Version[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [open, setOpen] = useState(0);
  const [shown, setShown] = useState(0);
  const [restoring, setRestoring] = useState<{ version: number; step: "asking" | "counting" | "busy" } | null>(null);
  const [reason, setReason] = useState("");
  const [failed, setFailed] = useState<unknown>(null);
  useEffect(() => {
    let here = true;
    fetchVersions(id).then((v) => here && setList(v), (err: unknown) => here && setError(err));
    return () => void (here = false);
  }, [id]);
  const restore = async (version: number): Promise<void> => {
    setRestoring({ version, step: "busy" });
    setFailed(null);
    try {
      const done = await restoreVersion(id, version, reason.trim());
      page.toast(t("zones.act.restored", { n: done.version }));
      onPreview(null);
      setRestoring(null);
    } catch (err) {
      setFailed(err);
      setRestoring({ version, step: "asking" });
    }
  };
  const now = serverNow();
  return (
    <section className="zversions" aria-label={t("zones.versions.title")}>
      <h3>{t("zones.versions.title")}</h3>
      {error !== null && <ProblemNote title={t("zones.versions.unread")} error={error} />}
      {list === null && error === null && <div className="skeleton"><i /><i /></div>}
      {list?.map((v, i) => {
        const before = list[i + 1];
        const changes = v.feature && before?.feature ? changesBetween(asFeature(before.feature as never), asFeature(v.feature as never)) : null;
        const fields = [...new Set(changes?.map((c) => c.field))];
        const at = Date.parse(v.published_at ?? "");
        const ended = Date.parse(v.ended_at ?? "");
        return (
          <div className="zversion" key={v.version} data-open={open === v.version || undefined} data-testid="zone-version">
            <button className="head" aria-expanded={open === v.version} onClick={() => setOpen(open === v.version ? 0 : v.version)}>
              <b>{t("zones.version", { n: v.version })}</b>
              {v.current && <span className="tag">{t("zones.versions.current")}</span>}
              <span className="dim ellipsis">{Number.isFinite(at) ? dayWords(at, now) : t("zones.unknown")}{v.published_by ? ` · ${t("zones.versions.by", { by: v.published_by })}` : ""}</span>
              <span className="what ellipsis">
                {!before ? t(v.version === 1 ? "zones.versions.first" : "zones.versions.unknownBefore") : changes === null ? t("zones.versions.unknownBefore") : fields.length > 0 ? fields.map((f) => t(`zones.field.${f}`)).join(t("zones.schedule.and")) : t("zones.versions.noDiff")}
              </span>
            </button>
            {open === v.version && (
              <div className="zdiff">
                <p>{v.reason || <span className="dim">{t("zones.versions.noReason")}</span>}{Number.isFinite(ended) ? ` · ${t("zones.versions.ended", { when: dayWords(ended, now) })}${v.ended_by ? ` ${t("zones.versions.by", { by: v.ended_by })}` : ""}${v.end_reason ? `：${v.end_reason}` : ""}` : ""}</p>
                {changes && before?.feature && v.feature && <Diff changes={changes} before={asFeature(before.feature as never)} after={asFeature(v.feature as never)} />}
                <div className="zreason">
                  {v.feature && <button className="control small" aria-pressed={shown === v.version} onClick={() => {
                    const on = shown !== v.version;
                    setShown(on ? v.version : 0);
                    onPreview(on ? asFeature(v.feature as never) : null);
                  }}>{t("zones.versions.view")}</button>}
                  {mayRestore && (!v.current || v.ended_at) && restoring?.version !== v.version && (
                    <button className="control small" onClick={() => { setRestoring({ version: v.version, step: "asking" }); setFailed(null); }} data-testid="zone-restore">{t("zones.versions.restore")}</button>
                  )}
                </div>
                {restoring?.version === v.version && (
                  <div className="zact">
                    <small>{t("zones.versions.restoring", { n: v.version })}</small>
                    {failed !== null && <ProblemNote title={t("zones.act.failedRestore")} error={failed} />}
                    {restoring.step === "counting" ? (
                      <Deferred what={t("zones.act.willRestore", { n: v.version })} word={t("zones.act.restoreWord")} act={() => void restore(v.version)} undo={() => setRestoring({ version: v.version, step: "asking" })} dropped={page.toast} />
                    ) : (
                      <div className="zreason">
                        <input className="field grow" autoFocus value={reason} maxLength={500} placeholder={t("zones.act.reason")} aria-label={t("zones.act.reason")} onChange={(e) => setReason(e.target.value)} data-testid="zone-restore-reason" />
                        <button className="control" disabled={!reason.trim() || restoring.step === "busy"} onClick={() => setRestoring({ version: v.version, step: "counting" })} data-testid="zone-restore-confirm">{t("zones.act.restore")}</button>
                        <button className="control quiet" onClick={() => setRestoring(null)}>{t("app.cancel")}</button>
                      </div>
                    )}
                  </div>
                )}
              </div>
            )}
          </div>
        );
      })}
    </section>
  );
}

/** Each changed field as it was and as it is. */
export function Diff({ changes, before, after }: { changes: readonly Change[]; before: Feature; after: Feature }) {
  const { t } = useTranslation();
  const fields = [...new Set(changes.map((c) => c.field))];
  if (fields.length === 0) return <p className="dim">{t("zones.versions.noDiff")}</p>;
  return (
    <table>
      <thead><tr><th scope="col" className="visually-hidden">{t("zones.field.name")}</th><th scope="col">{t("zones.versions.before")}</th><th scope="col">{t("zones.versions.after")}</th></tr></thead>
      <tbody>
        {fields.map((f) => (
          <tr key={f}>
            <th scope="row">{t(`zones.field.${f}`)}</th>
            <td>{valueWords(before, f, t)}</td>
            <td>{valueWords(after, f, t)}{f === "shape" && <small>{t("zones.versions.moved")}</small>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function valueWords(f: Feature, field: string, t: ReturnType<typeof useTranslation>["t"]): string {
  const p = f.properties;
  const none = t("zones.unknown");
  const both = (zh: string | undefined, en: string | undefined): string => (zh && en && zh !== en ? `${zh} / ${en}` : zh || en || none);
  switch (field) {
    case "name":
      return both(nameOf(p).zh, nameOf(p).en);
    case "restriction":
      return t(`restriction.${p.restriction ?? "prohibited"}`, { defaultValue: p.restriction ?? none });
    case "shape":
      return shapeWords(f, t);
    case "floor":
    case "ceiling":
      return limitsWords(p);
    case "further":
      return p.further?.map((v) => limitsWords(v)).join("; ") || none;
    case "applicability":
      return scheduleWords(p.applicability ?? [], serverNow()).join("; ");
    case "temporary":
      return p.temporary ? t("zones.edit.temporary") : t("zones.edit.always");
    case "buffer":
      return quantity(p.buffer_m ?? 0, "m");
    case "warningBand":
      return p.warning_band_m === undefined ? none : quantity(p.warning_band_m, "m");
    case "reasons":
      return p.reasons?.map((r) => t(`zones.reasonCode.${r}`, { defaultValue: r })).join(", ") || none;
    case "reason":
      return both(p.reason_zh, p.reason_en);
    case "conditions":
      return both(p.conditions_zh, p.conditions_en);
    case "message":
      return both(p.message_zh, p.message_en);
    case "contacts":
      return p.contacts?.map((c) => [say(c.name), c.phone].filter(Boolean).join(" ")).join("; ") || none;
    case "exemptions":
      return p.exemptions?.map((x) => exemptionWords(x, t)).join("; ") || none;
    default:
      return Object.entries(only(p, field)).filter(([k]) => k !== "id" || field === "id").map(([, v]) => (typeof v === "string" ? v : JSON.stringify(v))).join(" ") || none;
  }
}
