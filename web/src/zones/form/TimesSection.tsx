import { useTranslation } from "react-i18next";
import { serverNow } from "../../clock";
import { NO_PERIOD, periodOf, type Draft, type PeriodDraft } from "../draft";
import { Icon } from "../Mark";
import { parseClock, scheduleWords, typedInstant } from "../schedule";
import { Problems, Section, TextField, useFields } from "./fields";

const TTL_MIN = [30, 60, 120, 240, 480];
const WEEK = [1, 2, 3, 4, 5, 6, 0];
const EVENTS = ["BMCT", "SR", "SS", "EECT"];

export function TimesSection() {
  const { t } = useTranslation();
  const { session, draft } = useFields();
  const now = serverNow();
  const words = scheduleWords(draft.when === "always" ? [] : draft.periods.map((p) => periodOf(p, now)), now);
  const set = (patch: Partial<Draft>, key = ""): void => session.change(patch, key);
  const mode = (when: Draft["when"]): void => {
    const needs = when !== "always" && draft.periods.length === 0;
    set({ when, ...(needs ? { periods: [when === "temporary" ? { ...NO_PERIOD, from: typedInstant(now), until: typedInstant(now + 3600_000) } : { ...NO_PERIOD, start: "08:00", end: "18:00" }] } : {}) });
  };
  const change = (i: number, patch: Partial<PeriodDraft>, key = ""): void => set({ periods: draft.periods.map((p, k) => (k === i ? { ...p, ...patch } : p)) }, key && `${key}.${i}`);
  return (
    <Section n={4} title={t("zones.edit.when")} summary={words.join("; ")} fields={["periods", "period"]}>
      <div className="zmodes" role="radiogroup" aria-label={t("zones.edit.when")} data-field="periods">
        {(["always", "schedule", "temporary"] as const).map((m) => (
          <label key={m} data-on={draft.when === m || undefined}>
            <input type="radio" name="when" className="visually-hidden" checked={draft.when === m} onChange={() => mode(m)} data-testid={`zone-when-${m}`} />{t(`zones.edit.${m}`)}
          </label>
        ))}
      </div>
      <Problems field="periods" />
      {draft.when === "temporary" && (
        <div className="zttl">
          <span className="dim">{t("zones.edit.ttl")}</span>
          {TTL_MIN.map((m) => (
            <button key={m} className="control small" onClick={() => set({ periods: [{ ...NO_PERIOD, from: typedInstant(now), until: typedInstant(Math.ceil(now / 60_000) * 60_000 + m * 60_000) }] })}>
              {m < 60 ? t("zones.edit.minutes", { n: m }) : t("zones.edit.hours", { n: m / 60 })}
            </button>
          ))}
        </div>
      )}
      {draft.when !== "always" && draft.periods.map((p, i) => (
        <Period key={i} index={i} period={p} hours={draft.when === "schedule"} onChange={(patch, key) => change(i, patch, key)} onRemove={draft.periods.length > 1 ? () => set({ periods: draft.periods.filter((_, k) => k !== i) }) : undefined} />
      ))}
      {draft.when !== "always" && (
        <div className="zreason">
          <button className="control small" onClick={() => set({ periods: [...draft.periods, draft.periods[draft.periods.length - 1] ?? NO_PERIOD] })}><Icon name="plus" size={13} />{t("zones.edit.addPeriod")}</button>
          <small className="dim">{t("zones.schedule.clock")}</small>
        </div>
      )}
      <div className="zwords" data-testid="zone-schedule-words">{words.map((w, i) => <span className="line" key={i}>{w}</span>)}{draft.when === "temporary" && <small>{t("zones.edit.temporaryHint")}</small>}
        {draft.when !== "always" && draft.periods.some((p) => p.startEvent || p.endEvent) && <small>{t("zones.schedule.events")}</small>}</div>
    </Section>
  );
}

function Period({ index, period: p, hours, onChange, onRemove }: { index: number; period: PeriodDraft; hours: boolean; onChange(patch: Partial<PeriodDraft>, key?: string): void; onRemove: (() => void) | undefined }) {
  const { t } = useTranslation();
  const n = index + 1;
  const days = p.weekdays.length === 0 ? WEEK : p.weekdays;
  const [start, end] = [parseClock(p.start), parseClock(p.end)];
  const toggle = (d: number): void => {
    const next = days.includes(d) ? days.filter((x) => x !== d) : [...days, d];
    onChange({ weekdays: next.length === 7 ? [] : next });
  };
  return (
    <fieldset className="zperiod" data-field={`period.${index}`}>
      <legend>{t("zones.edit.period", { n })}</legend>
      {onRemove && <button className="zicon remove" aria-label={t("zones.edit.removePeriod", { n })} title={t("zones.edit.removePeriod", { n })} onClick={onRemove}><Icon name="trash" size={14} /></button>}
      <div className="zpair">
        <TextField label={t("zones.edit.from")} field={`period.${index}.from`} value={p.from} placeholder={t("zones.edit.instantHint")} testId={`zone-from-${index}`} onChange={(from) => onChange({ from }, "from")} />
        <TextField label={t("zones.edit.until")} field={`period.${index}.until`} value={p.until} placeholder={t("zones.edit.instantHint")} testId={`zone-until-${index}`} onChange={(until) => onChange({ until }, "until")} />
      </div>
      {hours && (
        <>
          <div className="zweek" role="group" aria-label={t("zones.edit.weekdays")}>
            {WEEK.map((d) => <button key={d} className="zday" aria-pressed={days.includes(d)} disabled={days.length === 1 && days.includes(d)} onClick={() => toggle(d)}>{t(`weekday.${d}`)}</button>)}
          </div>
          <div className="zpair">
            <Edge label={t("zones.edit.start")} field={`period.${index}.start`} value={p.start} event={p.startEvent} onChange={(start, startEvent) => onChange({ start, startEvent }, "start")} />
            <Edge label={t("zones.edit.end")} field={`period.${index}.end`} value={p.end} event={p.endEvent} onChange={(end, endEvent) => onChange({ end, endEvent }, "end")} />
          </div>
          {start !== undefined && end !== undefined && !p.startEvent && !p.endEvent && end <= start && <small className="dim">{t("zones.edit.overMidnight")}</small>}
        </>
      )}
      <Problems field={`period.${index}`} /><Problems field={`period.${index}.weekdays`} />
    </fieldset>
  );
}

/** A time of the day, or an event of it. */
function Edge({ label, field, value, event, onChange }: { label: string; field: string; value: string; event: string; onChange(value: string, event: string): void }) {
  const { t } = useTranslation();
  const { problems } = useFields();
  return (
    <div className="zfield" data-field={field}>
      <span className="label" aria-hidden="true">{label}</span>
      <div className="zedge">
        {event === "" && <input className="field" value={value} placeholder={t("zones.edit.clockHint")} aria-label={label} aria-invalid={(problems.get(field)?.length ?? 0) > 0 || undefined} onChange={(e) => onChange(e.target.value, "")} data-testid={field} />}
        <select className="field grow" value={event} aria-label={`${label} ${t("zones.edit.event")}`} onChange={(e) => onChange(e.target.value ? "" : value, e.target.value)}>
          <option value="">{t("zones.edit.eventNone")}</option>
          {EVENTS.map((x) => <option key={x} value={x}>{t(`zones.event.${x}`)}</option>)}
        </select>
      </div>
      <Problems field={field} />
    </div>
  );
}
