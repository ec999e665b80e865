import { Table, type TableColumnType } from "antd";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAdmin } from "./context";

export interface Column<Row> {
  key: string;
  title: string;
  width: number;
  cell(row: Row): ReactNode;
  sort?(a: Row, b: Row): number;
}

const CARDS = 60;

/** Rows as a table, of which only those in sight are made; on a phone as cards. Enter and click open a row. */
export function Listing<Row extends object>(props: {
  rows: readonly Row[]; columns: readonly Column<Row>[]; idOf(row: Row): string; selected: string; onOpen(id: string): void; label: string;
  /** A card's lines: what it is, then what matters of it. */
  card(row: Row): { title: ReactNode; lines: ReactNode[]; side?: ReactNode };
}) {
  const admin = useAdmin();
  return admin.phone ? <Cards {...props} /> : <Rows {...props} />;
}

type Props<Row extends object> = Parameters<typeof Listing<Row>>[0];

function Rows<Row extends object>({ rows, columns, idOf, selected, onOpen, label }: Props<Row>) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const e = box.current;
    if (!e) return;
    const sizes = new ResizeObserver(() => setSize({ width: e.clientWidth, height: e.clientHeight }));
    sizes.observe(e);
    return () => sizes.disconnect();
  }, []);
  const wanted = columns.reduce((n, c) => n + c.width, 0);
  const list = columns.map((c): TableColumnType<Row> => ({
    key: c.key, title: c.title, width: c.width, ellipsis: true, render: (_: unknown, row: Row) => c.cell(row), showSorterTooltip: false,
    ...(c.sort ? { sorter: c.sort } : {}),
  }));
  return (
    <div className="arows" ref={box} aria-label={label}>
      {size.height > 0 && (
        <Table<Row>
          virtual size="small" pagination={false} columns={list} dataSource={rows as Row[]} rowKey={idOf} scroll={{ x: Math.max(wanted, size.width), y: Math.max(80, size.height - 33) }}
          rowClassName={(row) => (idOf(row) === selected ? "ant-table-row-selected" : "")}
          onRow={(row) => ({
            tabIndex: 0, "data-id": idOf(row), "aria-selected": idOf(row) === selected, onClick: () => onOpen(idOf(row)),
            onKeyDown: (e: React.KeyboardEvent) => {
              if (e.target !== e.currentTarget) return;
              const next = e.key === "ArrowDown" ? e.currentTarget.nextElementSibling : e.key === "ArrowUp" ? e.currentTarget.previousElementSibling : null;
              if (e.key === "Enter") onOpen(idOf(row));
              else if (next instanceof HTMLElement) next.focus();
              else return;
              e.preventDefault();
            },
          })}
        />
      )}
    </div>
  );
}

function Cards<Row extends object>({ rows, idOf, onOpen, card, label }: Props<Row>) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(CARDS);
  return (
    <div className="acards" role="list" aria-label={label}>
      {rows.slice(0, shown).map((row) => {
        const { title, lines, side } = card(row);
        return (
          <div role="listitem" key={idOf(row)}>
            <button type="button" className="acard" data-id={idOf(row)} onClick={() => onOpen(idOf(row))}>
              <span className="head"><b>{title}</b>{side && <span>{side}</span>}</span>
              {lines.filter(Boolean).map((l, i) => <span className="line" key={i}>{l}</span>)}
            </button>
          </div>
        );
      })}
      {rows.length > shown && <button type="button" className="control amore" onClick={() => setShown(shown + CARDS)}>{t("admin.more", { n: rows.length - shown })}</button>}
    </div>
  );
}
