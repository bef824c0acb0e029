import { describe, expect, it } from "vitest";
import { Countdown, nearness } from "../../src/candidate/countdown";
import type { TimeView } from "../../src/shared/contract";

const view = (remainingMs: number | null, running = true, grantedMs = 0): TimeView => ({
  remainingMs,
  running,
  budgetMs: 60_000,
  parts: grantedMs > 0 ? [{ kind: "granted", ms: grantedMs }] : [],
});

describe("the countdown", () => {
  it.each<[string, [number, TimeView][], number, number | null]>([
    ["runs down", [[0, view(60_000)]], 15_000, 45_000],
    ["ends at zero", [[0, view(1000)]], 9000, 0],
    ["stands while stopped", [[0, view(30_000, false)]], 9000, 30_000],
    ["is nothing where there is no limit", [[0, view(null)]], 9000, null],
    [
      "follows a view that says less",
      [
        [0, view(60_000)],
        [1000, view(50_000)],
      ],
      1000,
      50_000,
    ],
    [
      "does not grow by jitter",
      [
        [0, view(60_000)],
        [1000, view(59_400)],
      ],
      1000,
      59_000,
    ],
    [
      "grows by a grant",
      [
        [0, view(60_000)],
        [1000, view(60_400, true, 1400)],
      ],
      1000,
      60_400,
    ],
    [
      "follows a correction that is no jitter",
      [
        [0, view(10_000)],
        [1000, view(40_000)],
      ],
      1000,
      40_000,
    ],
  ])("%s", (_, views, now, left) => {
    const countdown = new Countdown();
    for (const [at, time] of views) countdown.sync(time, at);
    expect(countdown.leftMs(now)).toBe(left);
  });

  it.each([
    [300_001, "far"],
    [300_000, "five"],
    [60_001, "five"],
    [60_000, "one"],
    [1, "one"],
    [0, "up"],
  ])("%i ms are %s", (ms, near) => expect(nearness(ms)).toBe(near));
});
