import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

const UNDO_S = 5;

/** An act that happens in five seconds unless it is undone; leaving the page undoes it, and says so. */
export function Deferred({ what, word, act, undo, dropped }: { what: string; word: string; act(): void; undo(): void; dropped(text: string): void }) {
  const { t } = useTranslation();
  const [left, setLeft] = useState(UNDO_S);
  const settled = useRef(false);
  const latest = useRef({ act, dropped });
  latest.current = { act, dropped };
  const go = (): void => {
    if (settled.current) return;
    settled.current = true;
    latest.current.act();
  };
  useEffect(() => {
    settled.current = false;
    const timer = setInterval(() => setLeft((n) => n - 1), 1000);
    return () => {
      clearInterval(timer);
      if (!settled.current) latest.current.dropped(t("zones.act.dropped", { what: word }));
    };
  }, []);
  useEffect(() => {
    if (left <= 0) go();
  }, [left]);
  return (
    <div className="zdeferred" role="status" data-testid="zone-deferred">
      <span className="ellipsis">{t("zones.act.inSeconds", { what, n: Math.max(0, left) })}</span>
      <button className="control" autoFocus onClick={() => { settled.current = true; undo(); }} data-testid="zone-undo">{t("zones.act.undo")}</button>
      <button className="control quiet" onClick={go} data-testid="zone-now">{t("zones.act.now")}</button>
    </div>
  );
}
