import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "../console/ProblemNote";
import { usePage } from "./context";
import { EXPORTS, MAX_EXPORT_IDS, exportZones, type ExportFormat } from "./rest";

const NAMES: Record<ExportFormat, string> = { geojson: "GeoJSON", ed269: "ED-269", ed318: "ED-318", kml: "KML" };

/** A button whose menu saves a file: of `ids`, or of everything in force where there are none. */
export function ExportMenu({ ids, label, small = false }: { ids: readonly string[]; label: string; small?: boolean }) {
  const { t } = useTranslation();
  const page = usePage();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const away = (e: Event): void => {
      if (e instanceof KeyboardEvent ? e.key === "Escape" : !box.current?.contains(e.target as Node)) {
        if (e instanceof KeyboardEvent) e.stopPropagation();
        setOpen(false);
        setError(null);
      }
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("keydown", away, true);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("keydown", away, true);
    };
  }, [open]);
  const save = async (format: ExportFormat): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const file = await exportZones(format, ids);
      const url = URL.createObjectURL(file.data);
      const a = document.createElement("a");
      a.href = url;
      a.download = file.name;
      a.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
      page.toast(t("zones.exports.saved", { name: file.name }));
      setOpen(false);
    } catch (err) {
      setError(err);
    }
    setBusy(false);
  };
  return (
    <div className="zexport" ref={box}>
      <button className={`control ${small ? "small" : ""}`} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)} data-testid="zone-export">{t("zones.export")}</button>
      {open && (
        <div className="zmenu" role="menu" aria-label={t("zones.export")}>
          <small className="dim">{label}</small>
          {ids.length > MAX_EXPORT_IDS && <small>{t("zones.exports.tooMany", { n: MAX_EXPORT_IDS })}</small>}
          {EXPORTS.map((f) => (
            <button key={f} role="menuitem" disabled={busy || ids.length > MAX_EXPORT_IDS} onClick={() => void save(f)}>{NAMES[f]}</button>
          ))}
          {error !== null && <ProblemNote title={t("zones.act.failedExport")} error={error} />}
        </div>
      )}
    </div>
  );
}
