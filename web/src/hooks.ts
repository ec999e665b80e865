import { useEffect, useState, useSyncExternalStore } from "react";
import type { Observable } from "./picture/observable";

export function useObservable<T>(o: Observable<T>): T {
  return useSyncExternalStore(o.subscribe, o.get, o.get);
}

/** Renders the caller anew every `ms`; answers performance.now() of that moment. */
export function useTick(ms = 1000): number {
  const [now, set] = useState(() => performance.now());
  useEffect(() => {
    const t = setInterval(() => set(performance.now()), ms);
    return () => clearInterval(t);
  }, [ms]);
  return now;
}
