// Small parts: a validity, a list of facts, a step that asks once more, what is empty.

import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../../clock";
import { validity } from "../days";
import type { Day } from "../types";
import { Failure } from "./Failure";
import { validityWord } from "./format";

/** A last day and, in words, whether it is near or over. */
export function Validity({ day }: { day: Day | undefined }) {
  const { t } = useTranslation();
  if (!day) return <span className="dim">{t("admin.validity.unknown")}</span>;
  const word = validityWord(day);
  const state = validity(day, serverNow()).state;
  return <span className="avalid" data-state={state}>{day}{word && <b> {state === "ended" ? "✕ " : ""}{word}</b>}</span>;
}

export type Fact = readonly [label: string, value: ReactNode] | null;

export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="afacts">
      {facts.map((f) => f && <div key={f[0]}><dt>{f[0]}</dt><dd>{f[1] === "" || f[1] === undefined || f[1] === null ? "–" : f[1]}</dd></div>)}
    </dl>
  );
}

/** A button that asks once more in its own place, says what follows, and shows why it was not done. */
export function Confirm({ word, ask, failed, act, primary, testid }: { word: string; ask: string; failed: string; act: () => Promise<unknown>; primary?: boolean; testid?: string }) {
  const { t } = useTranslation();
  const [step, setStep] = useState<"idle" | "asking" | "doing">("idle");
  const [error, setError] = useState<unknown>(null);
  const go = (): void => {
    setStep("doing");
    setError(null);
    act().then(() => setStep("idle"), (err: unknown) => {
      setError(err);
      setStep("idle");
    });
  };
  if (step === "idle") {
    return (
      <>
        <button type="button" className="control" onClick={() => setStep("asking")} data-testid={testid}>{word}</button>
        {error !== null && <Failure title={failed} error={error} />}
      </>
    );
  }
  return (
    <div className="aconfirm" role="group" aria-label={word}>
      <span>{ask}</span>
      <button type="button" className={primary ? "control primary" : "control strong"} autoFocus disabled={step === "doing"} onClick={go} data-testid={testid && `${testid}-yes`}>{word}</button>
      <button type="button" className="control quiet" disabled={step === "doing"} onClick={() => setStep("idle")}>{t("app.cancel")}</button>
    </div>
  );
}

export function Empty({ title, hint, action }: { title: string; hint?: string; action?: ReactNode }) {
  return <div className="aempty"><b>{title}</b>{hint && <span>{hint}</span>}{action}</div>;
}

/** Lines in place of what is being read. */
export function Skeleton() {
  return <div className="askeleton" aria-hidden="true">{Array.from({ length: 8 }, (_, i) => <div key={i}><i style={{ width: `${22 + (i * 7) % 16}%` }} /><i style={{ width: `${38 + (i * 11) % 22}%` }} /></div>)}</div>;
}

export function Tag({ children }: { children: ReactNode }) {
  return <span className="tag">{children}</span>;
}
