import { Checkbox, Segmented } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { language } from "../../words";
import { useAdmin } from "../parts/context";
import { Failure } from "../parts/Failure";
import { Listing } from "../parts/Listing";
import { Page } from "../parts/Page";
import { Empty } from "../parts/Small";
import { registerFile, sendRegister } from "../rest";
import { REGISTERS, type CheckedFile, type CheckedRow, type RegisterKind, type RowChange } from "../types";
import { CHANGES, countsOf, inOrder, problemWords } from "./rows";

const LARGEST = 16 << 20;

/** A file of a register on its way in: chosen, read by the server without storing anything, looked at row by row, then stored as a whole. */
export default function Import() {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [kind, setKind] = useState<RegisterKind>("aircraft");
  const [file, setFile] = useState<File | null>(null);
  const [checked, setChecked] = useState<CheckedFile | null>(null);
  const [busy, setBusy] = useState<"" | "check" | "import">("");
  const [without, setWithout] = useState(false);
  const [only, setOnly] = useState<RowChange | "">("");
  const [error, setError] = useState<{ title: string; error: unknown } | null>(null);
  const [stored, setStored] = useState("");
  const [over, setOver] = useState(false);
  const turn = useRef(0);

  const start = (k: RegisterKind, f: File | null): void => {
    turn.current++;
    setKind(k);
    setFile(f);
    setChecked(null);
    setWithout(false);
    setOnly("");
    setStored("");
    setBusy("");
    setError(f && f.size > LARGEST ? { title: t("admin.import.notRead"), error: t("admin.import.tooLarge") } : null);
    if (f && f.size <= LARGEST) void send(k, f, "check");
  };
  const send = async (k: RegisterKind, f: File, how: "check" | "import"): Promise<void> => {
    const mine = ++turn.current;
    setBusy(how);
    setError(null);
    try {
      const a = await sendRegister(k, f, how, without);
      if (mine !== turn.current) return;
      if (how === "check") setChecked(a);
      else {
        const n = countsOf(a);
        setStored(t("admin.import.stored", { n: n.new + n.changed }));
        setChecked(null);
        setFile(null);
        admin.organisations.reload();
      }
    } catch (err) {
      if (mine === turn.current) setError({ title: t(how === "check" ? "admin.import.notRead" : "admin.import.notStored"), error: err });
    }
    if (mine === turn.current) setBusy("");
  };

  const counts = checked ? countsOf(checked) : null;
  const rows = checked ? inOrder(checked.rows).filter((r) => only === "" || r.change === only) : [];
  const change = (counts?.new ?? 0) + (counts?.changed ?? 0);
  const blocked = !counts || change === 0 || (counts.refused > 0 && !without);
  const problems = (r: CheckedRow): string => (r.problems ?? []).map((p) => problemWords(p, language(), (key, fallback) => t(key, { defaultValue: fallback }))).join("; ")
    || (r.fields?.length ? t("admin.import.differs", { list: r.fields.map((f) => t(`admin.field.${f}`, { defaultValue: f })).join(", ") }) : "");
  return (
    <Page title={t("admin.sections.import")} tools={<Segmented<RegisterKind> value={kind} onChange={(k) => start(k, null)} options={REGISTERS.map((k) => ({ value: k, label: t(`admin.import.kind.${k}`) }))} />}>
      <div className="aimport">
        <div className="achoose">
          <label className="adrop" data-over={over || undefined} onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={(e) => { e.preventDefault(); setOver(false); start(kind, e.dataTransfer.files[0] ?? null); }}>
            <input type="file" className="visually-hidden" accept=".csv,.xlsx,text/csv" data-testid="register-file" onChange={(e) => { start(kind, e.target.files?.[0] ?? null); e.target.value = ""; }} />
            <b>{file ? file.name : t("admin.import.choose")}</b>
            <span className="dim">{busy === "check" ? t("admin.import.reading") : t("admin.import.formats")}</span>
          </label>
          <div className="aactions">
            <span className="dim">{t("admin.import.template")}</span>
            {(["csv", "xlsx"] as const).map((f) => <a key={f} className="control" href={registerFile(kind, "template", f)} download>{f.toUpperCase()}</a>)}
            <span className="dim">{t("admin.import.export")}</span>
            {(["csv", "xlsx"] as const).map((f) => <a key={f} className="control" href={registerFile(kind, "export", f)} download>{f.toUpperCase()}</a>)}
          </div>
        </div>
        {error && <Failure title={error.title} error={error.error} />}
        {stored && <p className="anote" role="status" data-testid="import-stored">✓ {stored}</p>}
        {counts && (
          <div className="acounts" data-testid="import-counts">
            {CHANGES.map((c) => <button key={c} type="button" className="control" aria-pressed={only === c} disabled={counts[c] === 0} onClick={() => setOnly(only === c ? "" : c)}>{t(`admin.import.change.${c}`)} <b>{counts[c]}</b></button>)}
            <span className="grow" />
            {counts.refused > 0 && <Checkbox checked={without} onChange={(e) => setWithout(e.target.checked)} data-testid="import-without">{t("admin.import.without", { n: counts.refused })}</Checkbox>}
            <button type="button" className="control primary" disabled={blocked || busy !== ""} onClick={() => file && void send(kind, file, "import")} data-testid="import-store">{busy === "import" ? t("admin.import.storing") : t("admin.import.store", { n: change })}</button>
          </div>
        )}
        {counts && blocked && <p className="anote">{change === 0 ? t("admin.import.nothing") : t("admin.import.blocked", { n: counts.refused })}</p>}
      </div>
      {checked ? (
        <Listing<CheckedRow>
          rows={rows} idOf={(r) => String(r.row)} selected="" onOpen={() => undefined} label={t("admin.import.rows")}
          columns={[
            { key: "row", title: t("admin.import.row"), width: 80, cell: (r) => r.row, sort: (a, b) => a.row - b.row },
            { key: "change", title: t("admin.import.becomes"), width: 110, cell: (r) => (r.change === "refused" ? <b>✕ {t("admin.import.change.refused")}</b> : t(`admin.import.change.${r.change}`)) },
            { key: "id", title: t("admin.field.id"), width: 200, cell: (r) => r.id || "–" },
            { key: "problems", title: t("admin.import.problems"), width: 640, cell: (r) => <span title={problems(r)}>{problems(r) || "–"}</span> },
          ]}
          card={(r) => ({ title: `${t("admin.import.row")} ${r.row} · ${r.id || "–"}`, side: t(`admin.import.change.${r.change}`), lines: (r.problems ?? []).map((p) => problemWords(p, language(), (key, fallback) => t(key, { defaultValue: fallback }))) })}
        />
      ) : !file && !stored && !error && <Empty title={t("admin.import.none")} hint={t("admin.import.noneHint")} />}
    </Page>
  );
}
