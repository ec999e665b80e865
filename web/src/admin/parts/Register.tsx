import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAdmin } from "./context";
import { Failure } from "./Failure";
import { Listing, type Column } from "./Listing";
import { useLoaded, type Loaded } from "./loaded";
import { Page, Side } from "./Page";
import { Empty, Skeleton } from "./Small";

export interface Opened<Row> {
  row: Row;
  /** Closes what is open. */
  close(): void;
  /** Reads the list anew; the row stays open. */
  changed(): void;
}

/** The pages that are a list with what is opened beside it: one register each. */
export function Register<Row extends object>(p: {
  title: string; none: string; noneHint?: string; read(): Promise<Row[]>; idOf(row: Row): string; nameOf(row: Row): string; searchable(row: Row): string;
  columns: readonly Column<Row>[]; card(row: Row): { title: ReactNode; lines: ReactNode[]; side?: ReactNode };
  filters?: ReactNode; passes?(row: Row): boolean; acts?: ReactNode;
  create?: { word: string; form(close: () => void, done: (id: string) => void): ReactNode } | undefined;
  opened(o: Opened<Row>): ReactNode;
}) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const list = useLoaded(p.read);
  const [query, setQuery] = useState("");
  const [creating, setCreating] = useState(false);
  const rows = list.data;
  const { passes, searchable, idOf } = p;
  const shown = useMemo(() => {
    const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
    return (rows ?? []).filter((r) => (passes?.(r) ?? true) && (words.length === 0 || words.every((w) => searchable(r).toLowerCase().includes(w))));
  }, [rows, query, passes, searchable]);
  const row = admin.id ? rows?.find((r) => idOf(r) === admin.id) : undefined;
  // What was just saved may reach the list a moment later: the picture publishes it.
  const tries = useRef(0);
  const missing = admin.id !== "" && rows !== null && !row && !list.reading;
  useEffect(() => {
    if (row) tries.current = 0;
    if (!missing || tries.current >= 3) return;
    tries.current++;
    const timer = setTimeout(list.reload, 700);
    return () => clearTimeout(timer);
  }, [missing, row, list.reload]);
  const close = (): void => {
    setCreating(false);
    admin.open("");
  };
  const open = (id: string): void => {
    setCreating(false);
    admin.open(id);
  };
  const changed = (): void => {
    list.reload();
    admin.organisations.reload();
  };
  const side = creating && p.create ? (
    <Side title={p.create.word} onClose={close}>{p.create.form(close, (id) => { changed(); open(id); })}</Side>
  ) : row ? (
    <Side key={idOf(row)} title={p.nameOf(row)} onClose={close}>{p.opened({ row, close, changed })}</Side>
  ) : admin.id && rows ? (
    <Side title={admin.id} onClose={close}><Empty title={t("admin.gone")} hint={t("admin.goneHint")} /></Side>
  ) : null;
  return (
    <Page
      title={p.title} count={rows ? (shown.length === rows.length ? t("admin.count", { n: rows.length }) : t("admin.countOf", { n: shown.length, all: rows.length })) : ""}
      search={query} onSearch={setQuery} tools={p.filters} side={side}
      acts={<>{p.acts}{p.create && <button type="button" className="control primary" onClick={() => { admin.open(""); setCreating(true); }} data-testid="create">{p.create.word}</button>}</>}
    >
      <Body list={list} shown={shown.length} none={p.none} noneHint={p.noneHint ?? ""}>
        <Listing rows={shown} columns={p.columns} card={p.card} idOf={idOf} selected={admin.id} onOpen={open} label={p.title} />
      </Body>
    </Page>
  );
}

/** What stands in place of a list: skeleton, why it was not read, that it is empty, that the filter hides it. */
export function Body({ list, shown, none, noneHint, children }: { list: Loaded<readonly unknown[]>; shown: number; none: string; noneHint: string; children: ReactNode }) {
  const { t } = useTranslation();
  const all = list.data?.length ?? 0;
  return (
    <>
      {list.error !== null && <Failure title={t(list.data ? "admin.notRefreshed" : "admin.notRead")} error={list.error} retry={list.reload} />}
      {list.data === null ? list.slow && <Skeleton /> : all === 0 ? <Empty title={none} hint={noneHint} /> : shown === 0 ? <Empty title={t("admin.filtered", { n: all })} hint={t("admin.filteredHint")} /> : children}
    </>
  );
}
