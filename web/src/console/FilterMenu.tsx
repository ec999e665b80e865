import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useObservable } from "../hooks";
import type { Scenario } from "../vocabulary";
import { NO_FILTER, useDesk } from "./desk";

const SCENARIOS: readonly Scenario[] = ["wellness", "rescue", "city", "logistics", "agriculture", "tourism"];

/** Filter of the map by scenario; severities are filtered by their counts in the top bar or the keys 1–4. */
export function FilterMenu() {
  const { t } = useTranslation();
  const desk = useDesk();
  const filter = useObservable(desk.filter);
  const [open, setOpen] = useState(false);
  const active = filter.severities.size + filter.scenarios.size;
  const words = [
    ...[...filter.severities].map((r) => t(`top.${(["info", "info", "advisory", "caution", "warning"] as const)[r] ?? "info"}`)),
    ...[...filter.scenarios].map((s) => t(`scenario.${s as Scenario}`)),
  ];
  const toggle = (s: Scenario): void => {
    const next = new Set(filter.scenarios);
    if (!next.delete(s)) next.add(s);
    desk.filter.set({ ...filter, scenarios: next });
  };
  return (
    <div className="filter">
      <button className="control" aria-expanded={open} onClick={() => setOpen(!open)} data-testid="filter">
        {t("filter.title")} <span className="dim">{active ? words.join(" ") : t("filter.none")}</span>
      </button>
      {active > 0 && <button className="control" onClick={() => desk.filter.set(NO_FILTER)}>{t("filter.clear")} <kbd>0</kbd></button>}
      {open && (
        <div className="filter-menu">
          {SCENARIOS.map((s) => (
            <label key={s}><input type="checkbox" checked={filter.scenarios.has(s)} onChange={() => toggle(s)} /><span className="tag">{t(`scenario.mark.${s}`)}</span>{t(`scenario.${s}`)}</label>
          ))}
        </div>
      )}
    </div>
  );
}
