// The tones of the console. Browsers let a page sound only after a click, so the state is always in the top bar.

import { mark, since, type Mark } from "./clock";
import { isClosedFiring } from "./picture/alerts";
import { Observable } from "./picture/observable";
import type { World } from "./picture/world";
import { severityRank, type Alert } from "./vocabulary";

export type SoundState = { at: "blocked" } | { at: "on" } | { at: "muted"; until: number };

const REPEAT_MS = 10_000;
const MUTE_MS = 15 * 60_000;

/** Notes as [frequency Hz, start s, length s]. */
const TONES = {
  warning: [[880, 0, 0.16], [698, 0.18, 0.16], [523, 0.36, 0.26]],
  caution: [[660, 0, 0.15], [660, 0.22, 0.2]],
  cleared: [[523, 0, 0.12], [784, 0.12, 0.2]],
  stopped: [[147, 0, 0.5], [110, 0.5, 0.8]],
} as const;

export class Sound {
  readonly state = new Observable<SoundState>({ at: "blocked" });
  private audio: AudioContext | null = null;
  private lastWarning: Mark | null = null;
  private hadRed = false;
  private wasStopped = false;
  private readonly undo: (() => void)[] = [];

  /** Who cannot acknowledge an alert hears it once: repeating would never end. */
  constructor(private readonly world: World, private readonly mayAcknowledge: (a: Alert) => boolean = () => true) {
    world.onAlert = (a, before) => this.heard(a, before);
    this.undo.push(world.pulse.subscribe(() => this.tick()), world.alerts.subscribe(() => this.tick()));
  }

  /** Any click arms it; browsers ask for one. */
  arm(): void {
    if (!this.audio) {
      try {
        this.audio = new AudioContext();
      } catch {
        return;
      }
    }
    void this.audio.resume().then(() => {
      if (this.audio?.state === "running" && this.state.get().at === "blocked") this.state.set({ at: "on" });
    });
  }

  toggle(): void {
    const s = this.state.get();
    if (s.at === "blocked") this.arm();
    else this.state.set(s.at === "on" ? { at: "muted", until: Date.now() + MUTE_MS } : { at: "on" });
  }

  stop(): void {
    for (const u of this.undo) u();
    void this.audio?.close();
  }

  private heard(a: Alert, before: Alert | undefined): void {
    if (a.state !== "firing" || a.found_late || a.parent_id) return;
    const rank = severityRank(a.severity);
    const old = before && before.state === "firing" ? severityRank(before.severity) : 0;
    // Acknowledging silences what has been heard; that it got worse has not been heard. It sounds once and is not repeated.
    if (a.handling.state !== "new" && (!before || old === 0 || rank <= old)) return;
    if (rank === 3 && old < 3) this.play("caution");
    if (rank === 4 && old < 4) {
      this.lastWarning = mark();
      this.play("warning");
    }
  }

  private tick(): void {
    const s = this.state.get();
    if (s.at === "muted" && Date.now() >= s.until) this.state.set({ at: "on" });
    const active = this.world.alerts.get().active;
    const red = active.some((a) => a.severity === "warning" && a.state === "firing");
    const unheard = active.some((a) => a.severity === "warning" && a.state === "firing" && a.handling.state === "new" && !isClosedFiring(a) && this.mayAcknowledge(a));
    if (this.hadRed && !red) this.play("cleared");
    this.hadRed = red;
    if (unheard && (!this.lastWarning || since(this.lastWarning) >= REPEAT_MS)) {
      this.lastWarning = mark();
      this.play("warning");
    }
    const stopped = this.world.pulse.get().condition === "stopped";
    if (stopped && !this.wasStopped) this.play("stopped");
    this.wasStopped = stopped;
  }

  private play(tone: keyof typeof TONES): void {
    if (this.state.get().at !== "on" || !this.audio || this.audio.state !== "running") return;
    const t0 = this.audio.currentTime + 0.02;
    for (const [frequency, start, length] of TONES[tone]) {
      const oscillator = this.audio.createOscillator();
      const gain = this.audio.createGain();
      oscillator.type = tone === "stopped" ? "triangle" : "sine";
      oscillator.frequency.value = frequency;
      gain.gain.setValueAtTime(0, t0 + start);
      gain.gain.linearRampToValueAtTime(0.22, t0 + start + 0.015);
      gain.gain.exponentialRampToValueAtTime(0.001, t0 + start + length);
      oscillator.connect(gain).connect(this.audio.destination);
      oscillator.start(t0 + start);
      oscillator.stop(t0 + start + length + 0.02);
    }
  }
}
