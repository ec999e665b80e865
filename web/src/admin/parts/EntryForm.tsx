import { Checkbox, DatePicker, Form, Input, InputNumber, Select, type FormInstance } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { Fragment, useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../../api";
import { useAdmin } from "./context";
import { Failure, reasonOf } from "./Failure";

export type Values = Record<string, unknown>;

export interface Choice {
  value: string;
  label: string;
  disabled?: boolean;
  why?: string;
}

export interface Field {
  key: string;
  label: string;
  kind: "text" | "secret" | "number" | "day" | "select" | "many" | "tags" | "check" | "long" | "checks";
  choices?: readonly Choice[];
  required?: boolean;
  hint?: ReactNode;
  /** Takes the whole width; else half of it on a desktop. */
  wide?: boolean;
  pattern?: RegExp;
  patternHint?: string;
  placeholder?: string;
  unit?: string;
  disabled?: boolean;
  suggest?: "new-password" | "current-password" | "off";
  /** The same as another field says. */
  sameAs?: string;
}

/**
 * A form of fields in order. `save` sends what was entered and answers when the server has it; what it refuses is shown at
 * the field that it names, else above the button, and what was entered stays.
 */
export function EntryForm({ fields, start, submit, failed, save, onCancel, form, note, noteAfter }: {
  fields: readonly Field[] | ((v: Values) => readonly Field[]); start: Values; submit: string; failed: string; save(v: Values): Promise<unknown>; onCancel?: () => void; form?: FormInstance; note?: (v: Values) => ReactNode;
  /** The field that the note is about. */
  noteAfter?: string;
}) {
  const { t } = useTranslation();
  const { phone } = useAdmin();
  const [own] = Form.useForm();
  const it = form ?? own;
  const entered = { ...start, ...(Form.useWatch([], it) as Values | undefined) };
  const shown = typeof fields === "function" ? fields(entered) : fields;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const why = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error !== null) why.current?.scrollIntoView({ block: "nearest" });
  }, [error]);
  const send = (v: Values): void => {
    if (busy) return;
    setBusy(true);
    setError(null);
    save({ ...start, ...v }).catch((err: unknown) => {
      const key = err instanceof Problem ? (err.field.split(/[.[]/)[0] ?? "") : "";
      if (err instanceof Problem && shown.some((f) => f.key === key)) it.setFields([{ name: key, errors: [err.reason || reasonOf(err)] }]);
      setError(err);
    }).finally(() => setBusy(false));
  };
  return (
    <Form form={it} layout="vertical" initialValues={start} onFinish={send} requiredMark={false} className="aform" scrollToFirstError autoComplete="off">
      <div className="afields" data-phone={phone || undefined}>
        {shown.map((f) => <Fragment key={f.key}><OneField f={f} />{f.key === noteAfter && note && <div className="awide">{note(entered)}</div>}</Fragment>)}
      </div>
      {error !== null && <div ref={why} className="awhy"><Failure title={failed} error={error} /></div>}
      <div className="aactions afoot">
        <button type="submit" className="control primary" disabled={busy} data-testid="form-save">{busy ? t("admin.saving") : submit}</button>
        {onCancel && <button type="button" className="control" onClick={onCancel} disabled={busy}>{t("app.cancel")}</button>}
      </div>
    </Form>
  );
}

function OneField({ f }: { f: Field }) {
  const { t } = useTranslation();
  const rules = [
    ...(f.required ? [{ required: true, message: t("admin.form.required") }] : []),
    ...(f.pattern ? [{ pattern: f.pattern, message: f.patternHint ?? t("admin.form.pattern") }] : []),
    ...(f.sameAs ? [({ getFieldValue }: { getFieldValue(k: string): unknown }) => ({ validator: (_: unknown, v: unknown) => (v === getFieldValue(f.sameAs ?? "") ? Promise.resolve() : Promise.reject(new Error(t("admin.form.notSame")))) })] : []),
  ];
  const day = f.kind === "day";
  return (
    <Form.Item
      name={f.key} label={f.kind === "check" ? undefined : <>{f.label}{f.required && !f.disabled && f.kind !== "secret" && <span className="dim aneeded">{t("admin.form.needed")}</span>}</>} rules={rules} className={f.wide ? "awide" : ""} extra={f.hint} valuePropName={f.kind === "check" ? "checked" : "value"}
      {...(f.sameAs ? { dependencies: [f.sameAs] } : {})}
      {...(day ? { getValueProps: (v: unknown) => ({ value: typeof v === "string" && v ? dayjs(v) : null }), normalize: (v: Dayjs | null) => (v ? v.format("YYYY-MM-DD") : "") } : {})}
    >
      <Control f={f} />
    </Form.Item>
  );
}

/** Form.Item hands value and onChange down. */
function Control({ f, ...given }: { f: Field } & Record<string, unknown>) {
  const { phone } = useAdmin();
  const common = { ...given, disabled: f.disabled === true, placeholder: f.placeholder ?? "" };
  const options = (f.choices ?? []).map((c) => ({ value: c.value, label: c.label, disabled: c.disabled === true }));
  const filter = { showSearch: { optionFilterProp: "label" } };
  switch (f.kind) {
    case "secret":
      return <Input.Password {...common} autoComplete={f.suggest ?? "new-password"} />;
    case "number":
      return <InputNumber {...common} controls={false} suffix={f.unit} style={{ width: "100%" }} inputMode="decimal" />;
    case "day":
      return <DatePicker {...common} style={{ width: "100%" }} inputReadOnly={phone} placeholder="2027-03-31" />;
    case "select":
      return <Select {...common} options={options} {...(options.length > 8 ? filter : {})} allowClear={!f.required} />;
    case "many":
      return <Select {...common} mode="multiple" options={options} allowClear />;
    case "tags":
      return <Select {...common} mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", " ", "，", ";"]} />;
    case "check":
      return <Checkbox {...given} disabled={f.disabled === true}>{f.label}</Checkbox>;
    case "checks":
      return (
        <Checkbox.Group {...given} className="achecks">
          {(f.choices ?? []).map((c) => <Checkbox key={c.value} value={c.value} disabled={c.disabled === true}>{c.label}{c.why && <small className="dim"> {c.why}</small>}</Checkbox>)}
        </Checkbox.Group>
      );
    case "long":
      return <Input.TextArea {...common} autoSize={{ minRows: 2, maxRows: 5 }} />;
    default:
      return <Input {...common} autoComplete={f.suggest ?? "off"} />;
  }
}
