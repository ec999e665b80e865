// When the next look at running simulations is due. One look at a time; none while the page is hidden; a server that is
// away is asked less and less often, and at once when somebody looks again.

import { Problem } from "../api";

export const EACH_MS = 1000;
const LATEST_MS = 10_000;

export interface Beat {
  /** Something runs or waits. */
  active: boolean;
  hidden: boolean;
  /** Looks that failed in a row. */
  failures: number;
  /** Nobody may look any more: signed out, or the right was taken. */
  refused: boolean;
}

/** Milliseconds until the next look; null: none is due. */
export function nextLook(b: Beat): number | null {
  if (!b.active || b.hidden || b.refused) return null;
  return b.failures === 0 ? EACH_MS : Math.min(EACH_MS * 2 ** b.failures, LATEST_MS);
}

/** Whether asking again can help. */
export function refuses(err: unknown): boolean {
  return err instanceof Problem && (err.status === 401 || err.status === 403);
}

export interface Ground {
  hidden(): boolean;
  /** Called when the page is shown or hidden; answers how to stop. */
  onVisibility(listener: () => void): () => void;
}

export const page: Ground = {
  hidden: () => document.visibilityState === "hidden",
  onVisibility(listener) {
    document.addEventListener("visibilitychange", listener);
    return () => document.removeEventListener("visibilitychange", listener);
  },
};

export class Poller {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private looking = false;
  private failures = 0;
  private refused = false;
  private stopped = true;
  private unlisten: (() => void) | null = null;

  /**
   * look reads what is active; it throws where the server was not reached.
   * told is called after each look: how often in a row it failed.
   */
  constructor(
    private readonly active: () => boolean,
    private readonly look: () => Promise<void>,
    private readonly told: (failures: number, error: unknown) => void,
    private readonly ground: Ground = page,
  ) {}

  start(): void {
    this.stopped = false;
    this.unlisten = this.ground.onVisibility(() => {
      clearTimeout(this.timer);
      if (!this.ground.hidden()) this.now();
    });
    this.wake();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.unlisten?.();
    this.unlisten = null;
  }

  /** Something may have begun. */
  wake(): void {
    clearTimeout(this.timer);
    if (this.stopped || this.looking) return;
    const wait = nextLook({ active: this.active(), hidden: this.ground.hidden(), failures: this.failures, refused: this.refused });
    if (wait !== null) this.timer = setTimeout(() => this.now(), wait);
  }

  /** Looks without waiting: somebody asked, or has come back. */
  now(): void {
    clearTimeout(this.timer);
    if (this.stopped || this.looking || this.refused || !this.active()) return;
    this.looking = true;
    this.look().then(
      () => this.done(0, null),
      (err: unknown) => {
        this.refused = refuses(err);
        this.done(this.failures + 1, err);
      },
    );
  }

  private done(failures: number, error: unknown): void {
    this.looking = false;
    if (this.stopped) return;
    this.failures = failures;
    this.told(failures, error);
    this.wake();
  }
}
