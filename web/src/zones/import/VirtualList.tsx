import { useEffect, useRef, useState, type ReactNode } from "react";

const BEYOND = 6;

/** A list of rows of one height, of which only those in sight are made: an import may bring thousands. */
export function VirtualList({ count, height, label, row }: { count: number; height: number; label: string; row: (i: number) => ReactNode }) {
  const ref = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, tall: 600 });
  useEffect(() => {
    const e = ref.current;
    if (!e) return;
    const look = (): void => setView({ top: e.scrollTop, tall: e.clientHeight });
    const sizes = new ResizeObserver(look);
    sizes.observe(e);
    e.addEventListener("scroll", look, { passive: true });
    return () => {
      sizes.disconnect();
      e.removeEventListener("scroll", look);
    };
  }, []);
  const first = Math.max(0, Math.min(Math.floor(view.top / height) - BEYOND, count - 1));
  const last = Math.min(count, Math.ceil((view.top + view.tall) / height) + BEYOND);
  const rows: ReactNode[] = [];
  for (let i = first; i < last; i++) rows.push(row(i));
  return (
    <div ref={ref} className="virtual" role="list" aria-label={label} tabIndex={0}>
      <div style={{ height: count * height, paddingTop: first * height, boxSizing: "border-box" }}>{rows}</div>
    </div>
  );
}
