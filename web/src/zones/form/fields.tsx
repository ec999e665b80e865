// The fields of the editor: a label, an input, what is wrong with it.

import { createContext, useContext, useId, useState, type ReactNode } from "react";
import { useObservable } from "../../hooks";
import type { Draft } from "../draft";
import type { EditSession } from "../draw/session";
import { Icon } from "../Mark";

export interface Fields {
  session: EditSession;
  /** What is wrong, by field. */
  problems: ReadonlyMap<string, string[]>;
}

export const FieldsContext = createContext<Fields | null>(null);

export function useFields(): Fields & { draft: Draft } {
  const fields = useContext(FieldsContext);
  if (!fields) throw new Error("outside of an editor");
  return { ...fields, draft: useObservable(fields.session.draft) };
}

/** What is wrong with a field, under it. */
export function Problems({ field, id }: { field: string; id?: string }) {
  const list = useFields().problems.get(field) ?? [];
  return list.length === 0 ? null : <small className="zproblem" id={id} role="alert">{list.join(" ")}</small>;
}

export function TextField({ label, field, value, onChange, hint, placeholder, wide = false, numeric = false, required = false, testId }: {
  label: string; field?: string; value: string; onChange(v: string): void; hint?: string; placeholder?: string; wide?: boolean; numeric?: boolean; required?: boolean; testId?: string;
}) {
  const id = useId();
  const bad = field !== undefined && (useFields().problems.get(field)?.length ?? 0) > 0;
  return (
    <div className={wide ? "zfield wide" : "zfield"} data-field={field}>
      <label htmlFor={id}>{label}{required && <span aria-hidden="true"> *</span>}</label>
      <input id={id} className="field" value={value} placeholder={placeholder} spellCheck={false} maxLength={2000} inputMode={numeric ? "decimal" : undefined} aria-invalid={bad || undefined} aria-required={required || undefined}
        aria-describedby={bad ? `${id}-bad` : undefined} onChange={(e) => onChange(e.target.value)} data-testid={testId} />
      {hint && <small>{hint}</small>}
      {field !== undefined && <Problems field={field} id={`${id}-bad`} />}
    </div>
  );
}

export function SelectField<T extends string>({ label, field, value, options, onChange, testId }: { label: string; field?: string; value: T; options: readonly (readonly [T, string])[]; onChange(v: T): void; testId?: string }) {
  const id = useId();
  return (
    <div className="zfield" data-field={field}>
      <label htmlFor={id}>{label}</label>
      <select id={id} className="field" value={value} onChange={(e) => onChange(e.target.value as T)} data-testid={testId}>
        {options.map(([v, name]) => <option key={v} value={v}>{name}</option>)}
      </select>
      {field !== undefined && <Problems field={field} />}
    </div>
  );
}

/** A part of the form that opens and closes; it says what it holds while closed, and opens by itself when something in it is wrong. */
export function Section({ n, title, summary, fields, start = true, children }: { n: number; title: string; summary?: string; fields: readonly string[]; start?: boolean; children: ReactNode }) {
  const { problems } = useFields();
  const [open, setOpen] = useState(start);
  const bad = [...problems.keys()].some((k) => fields.some((f) => k === f || k.startsWith(`${f}.`) || (f.includes("*") && new RegExp(`^${f.replaceAll(".", "\\.").replace("*", "\\d+")}`).test(k))));
  const shown = open || bad;
  return (
    <section className="zsection">
      <h3>
        <button aria-expanded={shown} onClick={() => setOpen(!shown)}>
          <span className="n">{n}</span><b>{title}</b><span className="dim ellipsis grow">{shown ? "" : summary}</span>
          {bad ? <span className="zbad" aria-hidden="true">✕</span> : <span className="zfold" data-open={shown || undefined}><Icon name="more" size={14} /></span>}
        </button>
      </h3>
      {shown && <div className="zfields">{children}</div>}
    </section>
  );
}
