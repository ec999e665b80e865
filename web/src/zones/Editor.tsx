import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api";
import { clockTime, serverNow } from "../clock";
import { useDesk } from "../console/desk";
import { ProblemNote } from "../console/ProblemNote";
import { useObservable } from "../hooks";
import { CheckResult } from "./CheckResult";
import { useCheck } from "./check";
import { Conflict } from "./Conflict";
import { useMinute, usePage } from "./context";
import { Deferred } from "./Deferred";
import { formField, problemsOf, toFeature, type Draft } from "./draft";
import type { EditSession } from "./draw/session";
import { DrawHint } from "./draw/DrawHint";
import { DrawTool } from "./draw/tool";
import { boundsOf, type Feature } from "./feature";
import { FieldsContext, type Fields } from "./form/fields";
import { HeightSection } from "./form/HeightSection";
import { MarginsSection } from "./form/MarginsSection";
import { ShapeSection } from "./form/ShapeSection";
import { TimesSection } from "./form/TimesSection";
import { WhatSection } from "./form/WhatSection";
import { ExemptSection, WhySection } from "./form/WhySection";
import { Icon } from "./Mark";
import { serverProblem } from "./phrases";
import { publishZone } from "./rest";
import type { Editing } from "./ZonesPanel";

interface Props {
  editing: Editing;
  features: ReadonlyMap<string, Feature>;
  /** Answers the id of the zone that was published, "" where none was. */
  onDone(published: string): void;
  onRebase(start: Draft, draft: Draft): void;
}

export function Editor({ editing, features, onDone, onRebase }: Props) {
  const { t } = useTranslation();
  const desk = useDesk();
  const page = usePage();
  const air = useObservable(desk.map);
  const { session, key } = editing;
  const draft = useObservable(session.draft);
  const minute = useMinute();
  const own = useMemo(() => problemsOf(draft, minute), [draft, minute]);
  const check = useCheck(draft, own.length === 0);
  const [step, setStep] = useState<"" | "asking" | "counting" | "busy">("");
  const [reason, setReason] = useState("");
  const [failed, setFailed] = useState<unknown>(null);
  const saved = useKeeping(editing, draft);
  const current = features.get(draft.id);

  useEffect(() => {
    if (!air) return;
    const tool = new DrawTool(air, session);
    tool.neighbours(features.values(), session.start.id);
    const box = boundsOf(toFeature(session.draft.get(), serverNow()));
    if (box) air.map.fitBounds(box, { padding: 90, maxZoom: 15, duration: air.context.still ? 0 : 400 });
    return () => tool.stop();
  }, [air, session]); // neighbours are those at the beginning: what moves under the pointer would not help
  useEffect(() => {
    const keys = (e: KeyboardEvent): void => void (onEditKey(e, session) && (e.preventDefault(), e.stopImmediatePropagation()));
    window.addEventListener("keydown", keys, true);
    return () => window.removeEventListener("keydown", keys, true);
  }, [session]);
  // What is about to be published is what was looked at.
  useEffect(() => setStep((s) => (s === "asking" || s === "counting" ? "" : s)), [draft]);

  const fields = useMemo<Fields>(() => {
    const touched = session.changed;
    const list = new Map<string, string[]>();
    const add = (field: string, text: string): void => void list.set(field, [...(list.get(field) ?? []), text]);
    for (const p of own) if (touched || p.key !== "noName") add(p.field, t(`zones.problem.${p.key}`));
    if (own.length === 0) for (const p of check.answer?.problems ?? []) add(formField(p.field), serverProblem(p.problem));
    return { session, problems: list };
  }, [session, own, check.answer, draft, t]);

  const publish = async (): Promise<void> => {
    setStep("busy");
    setFailed(null);
    try {
      const done = await publishZone(toFeature(draft, serverNow()), draft.base, reason.trim());
      page.shelf.remove(key);
      saved.forget();
      page.toast(t("zones.act.published", { name, n: done?.version ?? draft.base + 1 }));
      onDone(done?.id ?? draft.id);
    } catch (err) {
      setFailed(err);
      setStep("");
    }
  };
  const leave = (): void => {
    saved.flush();
    onDone("");
  };
  const name = (document.documentElement.lang === "en" ? draft.nameEn || draft.nameZh : draft.nameZh || draft.nameEn) || t("zones.draft.noName");
  const conflict = failed instanceof Problem && (failed.status === 412 || (failed.status === 409 && draft.base > 0));
  const ready = own.length === 0 && check.current && check.answer?.valid === true;
  return (
    <FieldsContext value={fields}>
      <header className="zhead">
        <button className="zicon" aria-label={t("zones.draft.leave")} title={session.changed ? t("zones.draft.leave") : t("zones.draft.leaveClean")} onClick={leave} data-testid="zone-leave"><Icon name="back" /></button>
        <h2 className="ellipsis">{draft.base > 0 ? t("zones.edit.title", { name }) : draft.nameZh || draft.nameEn ? name : t("zones.edit.newTitle")}</h2>
        {draft.base > 0 && <span className="dim">{t("zones.version", { n: draft.base })}</span>}
        <span className="tag">{t("zones.draft.mark")}</span>
        <span className="dim ellipsis grow" role="status">{saved.failed ? "" : saved.at > 0 ? t("zones.draft.saved", { time: clockTime(saved.at) }) : ""}</span>
        <button className="zicon" aria-label={t("zones.edit.undo")} title={`${t("zones.edit.undo")} Ctrl+Z`} disabled={!session.canUndo} onClick={() => session.undo()} data-testid="zone-edit-undo"><Icon name="undo" /></button>
        <button className="zicon" aria-label={t("zones.edit.redo")} title={`${t("zones.edit.redo")} Ctrl+Shift+Z`} disabled={!session.canRedo} onClick={() => session.redo()} data-testid="zone-edit-redo"><Icon name="redo" /></button>
      </header>
      {saved.failed && <p className="zwarn" role="alert">{t("zones.draft.unsaved")}</p>}
      <div className="zbody zform">
        <WhatSection />
        <ShapeSection />
        <HeightSection />
        <TimesSection />
        <MarginsSection />
        <WhySection />
        <ExemptSection />
      </div>
      <CheckResult check={check} own={own.length} fields={fields} restriction={draft.restriction} />
      <footer className="zfoot">
        {failed !== null && step !== "busy" && (
          <div className="zact">
            {conflict ? (
              <Conflict start={session.start} draft={draft} current={current} onLook={() => { saved.flush(); onDone(draft.id); }} onRebase={(start) => onRebase(start, { ...draft, base: start.base })} />
            ) : <ProblemNote title={t("zones.act.failedPublish")} error={failed} />}
          </div>
        )}
        {step === "asking" || step === "counting" ? (
          <div className="zact">
            {step === "counting" ? (
              <Deferred what={t("zones.act.willPublish", { name })} word={t("zones.act.publishWord")} act={() => void publish()} undo={() => setStep("asking")} dropped={page.toast} />
            ) : (
              <div className="zreason">
                <input className="field grow" autoFocus value={reason} maxLength={500} placeholder={t("zones.act.reason")} title={t("zones.act.reasonHint")} aria-label={t("zones.act.reason")} onChange={(e) => setReason(e.target.value)} data-testid="zone-reason" />
                <button className="control primary" disabled={!ready || !reason.trim()} onClick={() => { setFailed(null); setStep("counting"); }} data-testid="zone-publish-confirm">{t("zones.act.confirm")}</button>
                <button className="control quiet" onClick={() => setStep("")}>{t("zones.act.cancel")}</button>
              </div>
            )}
          </div>
        ) : (
          <>
            <button className="control quiet" onClick={() => {
              page.shelf.remove(key);
              saved.forget();
              const kept = session.changed ? { key, draft, savedAt: serverNow() } : null;
              onDone("");
              if (kept) page.discarded(kept);
            }}>{t("zones.draft.discard")}</button>
            <span className="grow" />
            <button className="control" onClick={leave}>{session.changed ? t("zones.draft.leave") : t("zones.draft.leaveClean")}</button>
            <button className="control primary" disabled={!ready || !session.changed || step === "busy"} onClick={() => setStep("asking")} data-testid="zone-publish">
              {step === "busy" ? t("zones.act.publishing") : draft.base > 0 ? t("zones.act.publishAs", { n: draft.base + 1 }) : t("zones.act.publish")}
            </button>
          </>
        )}
      </footer>
      <DrawHint session={session} />
    </FieldsContext>
  );
}

/** Keeps the draft a moment after each change, and at once when the page goes away. */
function useKeeping({ session, key }: Editing, draft: Draft): { at: number; failed: boolean; flush(): void; forget(): void } {
  const page = usePage();
  const [state, setState] = useState({ at: 0, failed: false });
  const done = useRef(false);
  const flush = (): void => {
    if (done.current || !session.changed) return;
    const at = serverNow();
    setState({ at, failed: !page.shelf.save({ key, draft: session.draft.get(), savedAt: at }) });
  };
  const latest = useRef(flush);
  latest.current = flush;
  useEffect(() => {
    const timer = setTimeout(() => latest.current(), 400);
    return () => clearTimeout(timer);
  }, [draft]);
  useEffect(() => {
    const now = (): void => latest.current();
    window.addEventListener("pagehide", now);
    return () => {
      window.removeEventListener("pagehide", now);
      now(); // also when another page is opened beside the map
    };
  }, []);
  return { ...state, flush, forget: () => void (done.current = true) };
}

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Keys of the drawing; true where one was taken. Undo works everywhere in the editor, the rest not while typing. */
function onEditKey(e: KeyboardEvent, session: EditSession): boolean {
  const target = e.target as HTMLElement | null;
  const typing = !!target && (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable);
  if (e.isComposing) return false;
  if (e.ctrlKey || e.metaKey) {
    const k = e.key.toLowerCase();
    if (target?.closest("[data-own-undo]")) return false;
    if (k === "z" && !e.shiftKey) session.undo();
    else if (k === "y" || (k === "z" && e.shiftKey)) session.redo();
    else return false;
    return true;
  }
  if (typing || e.altKey) return false;
  const sketching = session.sketch.get().tool !== "";
  if (sketching) {
    if (e.key === "Escape") session.cancel();
    else if (e.key === "Backspace") session.undo();
    else if (e.key === "Enter" && !target?.closest(".zhint, .zfoot")) session.finish();
    else return false;
    return true;
  }
  const at = session.selected.get();
  if (!at || target?.closest(".zones .zrows, .triage")) return false;
  const arrow = ARROWS[e.key];
  if (arrow) return session.nudge(arrow[0] * (e.shiftKey ? 10 : 1), arrow[1] * (e.shiftKey ? 10 : 1));
  if (e.key === "Delete" || e.key === "Backspace") return session.remove(at), true;
  if (e.key === "Insert") return session.insert(at), true;
  if (e.key === "PageDown" || e.key === "PageUp") return session.step(e.key === "PageDown" ? 1 : -1), true;
  if (e.key === "Escape") return session.select(null), true;
  return false;
}
