// The time left between two views. Time itself lives in Rust; this only counts down from what a view said.

import type { TimeView } from "../shared/contract";

/** A view that says a little more than the countdown shows was made a little earlier. The shown time does not grow. */
const JITTER_MS = 2000;

/** How near the end is. */
export type Nearness = "far" | "five" | "one" | "up";

/** What may be used in all, as far as it was said. */
function allowedMs({ budgetMs, parts }: TimeView): number {
  const added = parts.filter(({ kind }) => kind === "granted" || kind === "given-back");
  return added.reduce((sum, { ms }) => sum + ms, budgetMs ?? 0);
}

export class Countdown {
  #leftMs: number | null = null;
  #since = 0;
  #running = false;
  #allowedMs = 0;

  /** Takes what a view says at `now`. */
  sync(time: TimeView, now: number): void {
    const shown = this.leftMs(now);
    const allowed = allowedMs(time);
    const told = time.remainingMs;
    const jitter =
      told !== null && shown !== null && allowed === this.#allowedMs && told > shown && told - shown < JITTER_MS;
    this.#leftMs = jitter ? shown : told;
    this.#since = now;
    this.#running = time.running;
    this.#allowedMs = allowed;
  }

  /** Time left at `now`; `null` = untimed. */
  leftMs(now: number): number | null {
    if (this.#leftMs === null) return null;
    return this.#running ? Math.max(0, this.#leftMs - (now - this.#since)) : this.#leftMs;
  }

  /** Whether it runs down. */
  get running(): boolean {
    return this.#running && this.#leftMs !== null;
  }
}

export function nearness(leftMs: number): Nearness {
  if (leftMs <= 0) return "up";
  if (leftMs <= 60_000) return "one";
  return leftMs <= 300_000 ? "five" : "far";
}
