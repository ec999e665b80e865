import { useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchAssignees, type Assignees } from "../api";
import { useDesk } from "../console/desk";
import { ProblemNote } from "../console/ProblemNote";
import type { Alert } from "../vocabulary";
import { say } from "../words";
import { holderOf } from "./authority";
import { useNames } from "./names";

interface Choice {
  key: string;
  name: string;
  detail: string;
  choose(): void;
}

type Read = { at: "reading" } | { at: "read"; list: Assignees } | { at: "failed"; error: unknown };

function useAssignees(alert: string): Read {
  const [read, set] = useState<Read>({ at: "reading" });
  useEffect(() => {
    let here = true;
    fetchAssignees(alert).then((list) => here && set({ at: "read", list }), (error: unknown) => here && set({ at: "failed", error }));
    return () => void (here = false);
  }, [alert]);
  return read;
}

/** To whom: people and organisations that can see the alert, found by typing. */
export function Assign({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const names = useNames();
  const read = useAssignees(a.id);
  const now = a.handling.assigned_to;
  const choices: Choice[] = read.at !== "read" ? [] : [
    ...read.list.people.filter((p) => p.username !== now?.username).map((p) => ({
      key: `p ${p.username}`, name: p.display_name || p.username, detail: names.organisation(p.organisation_id), choose: () => void desk.handling.assign(a.id, { username: p.username }),
    })),
    ...read.list.organisations.filter((o) => o.id !== now?.organisation_id).map((o) => ({
      key: `o ${o.id}`, name: say(o.name) || o.id, detail: t(`kind.${o.kind as "company"}`, { defaultValue: o.kind }), choose: () => void desk.handling.assign(a.id, { organisation_id: o.id }),
    })),
  ];
  return <Menu title={t("alert.assignTo")} none={t("alert.noAssignee")} read={read} choices={choices} testid="assign-menu" />;
}

/** Where to: from the city to a county, from a county up to the city. */
export function HandOver({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const read = useAssignees(a.id);
  const choices = read.at !== "read" ? [] : read.list.jurisdictions.filter((j) => j.id !== holderOf(a)).map((j) => ({
    key: j.id, name: say(j.name) || j.id, detail: "", choose: () => void desk.handling.handOver(a.id, j.id),
  }));
  return <Menu title={t("alert.handTo")} none={t("alert.noTarget")} read={read} choices={choices} testid="handover-menu" />;
}

function Menu({ title, none, read, choices, testid }: { title: string; none: string; read: Read; choices: Choice[]; testid: string }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  if (read.at === "failed") return <div data-testid={testid}><ProblemNote title={t("error.assignees")} error={read.error} /></div>;
  const q = query.trim().toLowerCase();
  const hits = choices.filter((c) => `${c.name} ${c.detail} ${c.key}`.toLowerCase().includes(q));
  return (
    <div className="givemenu" data-testid={testid} role="group" aria-label={title}>
      <input className="field" autoFocus role="combobox" aria-expanded aria-controls={list} aria-label={title} placeholder={`${title}：${t("alert.findAssignee")}`} value={query} data-testid={`${testid}-find`} spellCheck={false}
        onChange={(e) => { setQuery(e.target.value); setAt(0); }}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") setAt((i) => Math.min(i + 1, hits.length - 1));
          else if (e.key === "ArrowUp") setAt((i) => Math.max(i - 1, 0));
          else if (e.key === "Enter") hits[at]?.choose();
          else return;
          e.preventDefault();
        }} />
      <div className="givelist" role="listbox" id={list} aria-label={title}>
        {hits.map((c, i) => (
          <button key={c.key} role="option" aria-selected={i === at} data-testid={`${testid}-choice`} data-key={c.key} onMouseDown={(e) => e.preventDefault()} onClick={c.choose}>
            <span className="ellipsis">{c.name}</span><span className="dim ellipsis">{c.detail}</span>
          </button>
        ))}
        {read.at === "reading" && <span className="dim">{t("app.loading")}</span>}
        {read.at === "read" && hits.length === 0 && <span className="dim">{choices.length === 0 ? none : t("map.noHit", { q: query })}</span>}
      </div>
    </div>
  );
}
