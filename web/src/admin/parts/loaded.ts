import { useCallback, useEffect, useRef, useState } from "react";

export interface Loaded<T> {
  /** What was read last; it stays while it is read anew or cannot be. */
  data: T | null;
  error: unknown;
  /** Nothing is there yet and it takes a while: time for a skeleton. */
  slow: boolean;
  reading: boolean;
  reload(): void;
}

const SKELETON_MS = 300;

/** Reads something when it is first shown and when asked to. */
export function useLoaded<T>(read: () => Promise<T>, key = ""): Loaded<T> {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [reading, setReading] = useState(true);
  const [slow, setSlow] = useState(false);
  const turn = useRef(0);
  const latest = useRef(read);
  latest.current = read;

  const reload = useCallback(() => {
    const mine = ++turn.current;
    setReading(true);
    const timer = setTimeout(() => mine === turn.current && setSlow(true), SKELETON_MS);
    latest.current().then(
      (d) => {
        if (mine !== turn.current) return;
        setData(d);
        setError(null);
      },
      (err: unknown) => mine === turn.current && setError(err),
    ).finally(() => {
      clearTimeout(timer);
      if (mine !== turn.current) return;
      setReading(false);
      setSlow(false);
    });
  }, []);
  useEffect(() => {
    reload();
    return () => void turn.current++;
  }, [reload, key]);
  return { data, error, slow: slow && data === null, reading, reload };
}

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  const [holds, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const m = matchMedia(query);
    const look = (): void => set(m.matches);
    look();
    m.addEventListener("change", look);
    return () => m.removeEventListener("change", look);
  }, [query]);
  return holds;
}

/** One column, large targets. */
export const PHONE = "(max-width: 700px)";
