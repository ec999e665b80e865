// The server's check of a draft, asked again a moment after each change and, while somebody may be inside, every few seconds.

import { useEffect, useRef, useState } from "react";
import type { Draft } from "./draft";
import { toFeature } from "./draft";
import { serverNow } from "../clock";
import { checkZone, type CheckAnswer } from "./rest";

const SETTLE_MS = 500;
const AGAIN_MS = 10_000;

export interface Check {
  answer: CheckAnswer | null;
  /** The answer is about the draft as it is now. */
  current: boolean;
  running: boolean;
  error: unknown;
  /** performance.now() of the answer. */
  at: number;
}

const NONE: Check = { answer: null, current: false, running: false, error: null, at: 0 };

/** `ready`: the form itself has nothing against the draft. */
export function useCheck(draft: Draft, ready: boolean): Check {
  const [check, set] = useState<Check>(NONE);
  const turn = useRef(0);
  useEffect(() => {
    const mine = ++turn.current;
    if (!ready) {
      set(NONE);
      return;
    }
    set((c) => ({ ...c, current: false }));
    const ask = (): void => {
      if (document.visibilityState === "hidden") return;
      set((c) => ({ ...c, running: true }));
      checkZone(toFeature(draft, serverNow())).then(
        (answer) => mine === turn.current && set({ answer, current: true, running: false, error: null, at: performance.now() }),
        (error: unknown) => mine === turn.current && set((c) => ({ ...c, current: false, running: false, error })),
      );
    };
    const first = setTimeout(ask, SETTLE_MS);
    const again = setInterval(ask, AGAIN_MS);
    return () => {
      clearTimeout(first);
      clearInterval(again);
    };
  }, [draft, ready]);
  useEffect(() => () => void turn.current++, []);
  return check;
}
