import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDesk } from "../../console/desk";
import { ProblemNote } from "../../console/ProblemNote";
import { useObservable } from "../../hooks";
import { ChooseForm, type Choice } from "./ChooseForm";
import { Outcome } from "./Outcome";
import { boxOf, previewZones } from "./rows";
import { importZones, type ImportAnswer } from "./upload";
import "./import.css";

const EMPTY: Choice = { file: null, format: "auto", crs: "", source: "", superior: "", endMissing: false };

/**
 * A file of zones on its way in: chosen, read by the server without storing anything, looked at on the map, published as a
 * whole. What was entered is kept whatever fails.
 */
export default function ImportDialog() {
  const { t } = useTranslation();
  const desk = useDesk();
  const wanted = useObservable(desk.importing);
  const map = useObservable(desk.map);
  const [choice, setChoice] = useState<Choice>({ ...EMPTY, file: wanted?.file ?? null });
  const [answer, setAnswer] = useState<ImportAnswer | null>(null);
  const [busy, setBusy] = useState<"" | "reading" | "publishing">("");
  const [error, setError] = useState<{ title: string; error: unknown } | null>(null);
  const stop = useRef<AbortController | null>(null);
  const zones = useMemo(() => (answer ? previewZones(answer) : []), [answer]);

  // Another file dropped meanwhile takes the place of the first; what was read of that says nothing of this.
  useEffect(() => {
    if (!wanted?.file) return;
    setChoice((c) => ({ ...c, file: wanted.file }));
    setAnswer(null);
    setError(null);
  }, [wanted]);

  useEffect(() => {
    map?.showPreview(answer?.published ? [] : zones);
  }, [map, zones, answer]);
  useEffect(() => () => {
    stop.current?.abort();
    desk.map.get()?.showPreview([]);
  }, [desk]);

  const change = (c: Choice): void => {
    setChoice(c);
    setAnswer(null);
    setError(null);
  };

  const send = async (publish: { reason: string; withoutRefused: boolean } | null): Promise<void> => {
    const { file, crs } = choice;
    if (!file || !crs || busy) return;
    const mine = new AbortController();
    stop.current?.abort();
    stop.current = mine;
    setBusy(publish ? "publishing" : "reading");
    setError(null);
    try {
      const a = await importZones({ ...choice, file, crs, source: choice.source.trim() || file.name, dryRun: !publish, reason: publish?.reason ?? "", withoutRefused: publish?.withoutRefused ?? false }, mine.signal);
      if (mine.signal.aborted) return;
      setAnswer(a);
      const box = boxOf(previewZones(a));
      if (!publish && box) desk.map.get()?.fitBeside(box);
    } catch (err) {
      if (!mine.signal.aborted) setError({ title: t(publish ? "zoneImport.notPublished" : "zoneImport.notRead"), error: err });
    }
    if (stop.current === mine) setBusy("");
  };

  return (
    <section className="import" data-obstacle data-testid="import" aria-label={t("zoneImport.title")}>
      <header>
        <b>{t("zoneImport.title")}</b>
        {answer && <span className="dim ellipsis">{choice.file?.name}</span>}
        {answer && !answer.published && <button className="control small" onClick={() => setAnswer(null)}>{t("zoneImport.back")}</button>}
        <button className="control quiet small" aria-label={t("app.close")} data-testid="import-close" onClick={() => desk.importing.set(null)}>✕</button>
      </header>
      {!answer && <ChooseForm choice={choice} busy={busy !== ""} onChange={change} onRead={() => void send(null)} />}
      {busy && <p className="import-busy" role="status">{t(busy === "reading" ? "zoneImport.reading" : "zoneImport.publishing")}</p>}
      {error && <ProblemNote title={error.title} error={error.error} />}
      {answer && <Outcome answer={answer} zones={zones} busy={busy !== ""} onPublish={(p) => void send(p)} />}
    </section>
  );
}
