import { Input } from "antd";
import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAdmin } from "./context";

/** One page: its head with search and acts, its body, and beside it (on a phone over it) what is opened. */
export function Page({ title, count, search, onSearch, tools, acts, side, children }: {
  title: string; count?: string; search?: string; onSearch?: (q: string) => void; tools?: ReactNode; acts?: ReactNode; side?: ReactNode; children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <section className="apage" aria-label={title} data-side={side ? true : undefined}>
      <header className="ahead">
        <h1>{title}</h1>
        {count && <span className="dim">{count}</span>}
        {onSearch && <Input className="asearch" type="search" allowClear placeholder={t("admin.search")} aria-label={t("admin.search")} value={search ?? ""} onChange={(e) => onSearch(e.target.value)} />}
        {tools}
        <span className="grow" />
        {acts}
      </header>
      <div className="abody">{children}</div>
      {side}
    </section>
  );
}

/** What is opened beside a list. Escape and the cross close it. */
export function Side({ title, note, onClose, children }: { title: ReactNode; note?: ReactNode; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  const { phone } = useAdmin();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (phone) box.current?.focus();
  }, [phone]);
  return (
    <aside className="aside" ref={box} tabIndex={-1} data-testid="side" onKeyDown={(e) => {
      if (e.key === "Escape" && !e.defaultPrevented && !(e.target as HTMLElement).closest("[aria-expanded='true'], input, textarea")) onClose();
    }}>
      <header>
        <h2 className="ellipsis">{title}</h2>{note}
        <span className="grow" />
        <button type="button" className="control quiet" onClick={onClose} aria-label={t("app.close")} data-testid="side-close">✕</button>
      </header>
      <div className="asidebody">{children}</div>
    </aside>
  );
}
