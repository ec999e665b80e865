import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FORMATS, MAX_BYTES, SYSTEMS, type Format, type System } from "./upload";

export interface Choice {
  file: File | null;
  format: Format;
  /** "" until somebody says which: a wrong one shifts every zone by hundreds of metres. */
  crs: System | "";
  source: string;
  superior: string;
  endMissing: boolean;
}

/** Which file, in which coordinates, from whom. */
export function ChooseForm({ choice: c, busy, onChange, onRead }: { choice: Choice; busy: boolean; onChange: (c: Choice) => void; onRead: () => void }) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const tooLarge = c.file !== null && c.file.size > MAX_BYTES;
  const empty = c.file !== null && c.file.size === 0;
  return (
    <form className="import-form" onSubmit={(e) => { e.preventDefault(); onRead(); }}>
      <label className="drop" data-over={over || undefined}
        onDragOver={(e) => { e.preventDefault(); e.stopPropagation(); setOver(true); }} onDragLeave={() => setOver(false)}
        onDrop={(e) => { e.preventDefault(); e.stopPropagation(); setOver(false); const f = e.dataTransfer.files[0]; if (f) onChange({ ...c, file: f }); }}>
        <input type="file" className="visually-hidden" data-testid="import-file" accept=".json,.geojson,.kml,.kmz,.txt,.air,.xml"
          onChange={(e) => onChange({ ...c, file: e.target.files?.[0] ?? c.file })} />
        {c.file ? <><b className="ellipsis">{c.file.name}</b><span className="dim">{size(c.file.size)}</span></> : <><b>{t("zoneImport.choose")}</b><span className="dim">{t("zoneImport.formats")}</span></>}
      </label>
      {tooLarge && <p className="import-note" role="alert">{t("zoneImport.tooLarge")}</p>}
      {empty && <p className="import-note" role="alert">{t("zoneImport.emptyFile")}</p>}
      <fieldset>
        <legend>{t("zoneImport.crs")}</legend>
        {SYSTEMS.map((s) => (
          <label key={s} className="system">
            <input type="radio" name="crs" value={s} checked={c.crs === s} data-testid={`crs-${s}`} onChange={() => onChange({ ...c, crs: s })} />
            <span><b>{t(`zoneImport.system.${s}`)}</b><small>{t(`zoneImport.systemHint.${s}`)}</small></span>
          </label>
        ))}
      </fieldset>
      <label className="line">{t("zoneImport.format")}
        <select className="field" value={c.format} data-testid="import-format" onChange={(e) => onChange({ ...c, format: e.target.value as Format })}>
          {FORMATS.map((f) => <option key={f} value={f}>{t(`zoneImport.formatName.${f}`)}</option>)}
        </select>
      </label>
      <label className="line">{t("zoneImport.source")}
        <input className="field" value={c.source} maxLength={256} placeholder={c.file?.name ?? t("zoneImport.sourceHint")} onChange={(e) => onChange({ ...c, source: e.target.value })} />
      </label>
      <label className="line">{t("zoneImport.superior")}
        <input className="field" value={c.superior} maxLength={128} placeholder={t("zoneImport.superiorHint")} onChange={(e) => onChange({ ...c, superior: e.target.value })} />
      </label>
      {c.superior.trim() !== "" && <label className="consent"><input type="checkbox" checked={c.endMissing} data-testid="import-end-missing" onChange={(e) => onChange({ ...c, endMissing: e.target.checked })} />{t("zoneImport.endMissing")}</label>}
      <footer>
        <span className="dim">{!c.file ? t("zoneImport.needFile") : !c.crs ? t("zoneImport.needCrs") : t("zoneImport.dryHint")}</span>
        <button className="control primary" disabled={!c.file || !c.crs || tooLarge || empty || busy} data-testid="import-read">{t("zoneImport.read")}</button>
      </footer>
    </form>
  );
}

function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))}\u2009kB` : `${(bytes / 1024 / 1024).toFixed(1)}\u2009MB`;
}
