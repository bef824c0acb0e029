import { describe, expect, it } from "vitest";
import { accountOf } from "../../src/candidate/account";
import type { TimeKind, TimePart } from "../../src/shared/contract";

const parts = (given: Partial<Record<TimeKind, number>>): TimePart[] =>
  Object.entries(given).map(([kind, ms]) => ({ kind: kind as TimeKind, ms }));
const told = (given: Partial<Record<TimeKind, number>>, leftMs: number): Record<string, number> =>
  Object.fromEntries(
    accountOf(parts(given), leftMs).entries.map(({ kind, taken, seconds }) => [kind, taken ? -seconds : seconds]),
  );

describe("the account of the time", () => {
  it.each<[string, Partial<Record<TimeKind, number>>, number, Record<string, number>]>([
    ["begins with all of it", { allowed: 60_000, worked: 0 }, 60_000, { allowed: 60, worked: -0 }],
    ["counts on from the view", { allowed: 60_000, worked: 1000 }, 49_500, { allowed: 60, worked: -10 }],
    [
      "puts what rounding leaves over to what was used",
      { allowed: 60_000, "given-back": 900, worked: 300, off: 1700 },
      58_900,
      { allowed: 60, "given-back": 0, worked: -0, off: -1 },
    ],
    [
      "takes nothing that is shown as left",
      { allowed: 60_000, "given-back": 900, worked: 0, off: 1000 },
      59_900,
      { allowed: 60, "given-back": 0, worked: -0, off: -0 },
    ],
    [
      "ends with nothing left",
      { allowed: 60_000, "window-ends": 20_000, worked: 30_000, off: 10_000, stood: 5000 },
      0,
      { allowed: 60, "window-ends": -20, worked: -30, off: -10 },
    ],
  ])("%s", (_, given, leftMs, expected) => expect(told(given, leftMs)).toEqual(expected));

  it("adds up to the second that the clock shows, whatever happened", () => {
    let seed = 7;
    const draw = (max: number): number => (seed = (seed * 48_271) % 2_147_483_647) % max;
    for (let round = 0; round < 2000; round += 1) {
      const off = draw(2) * draw(400_000);
      const given: Record<string, number> = {
        allowed: 60_000 * (20 + draw(100)),
        accommodation: 60_000 * draw(30),
        "window-ends": draw(2) * draw(600_000),
        granted: 1000 * draw(300),
        "given-back": draw(off + 1),
        worked: draw(600_000),
        off,
        stood: draw(90_000),
      };
      const of = (kind: string): number => given[kind] ?? 0;
      const added = of("allowed") + of("accommodation") + of("granted") + of("given-back");
      const leftMs = added - of("window-ends") - of("worked") - off - draw(9000);
      const { entries, leftSeconds, stoodSeconds } = accountOf(parts(given), leftMs);
      const sum = entries.reduce((all, { taken, seconds }) => all + (taken ? -seconds : seconds), 0);
      expect([sum, entries.some(({ seconds }) => seconds < 0)]).toEqual([leftSeconds, false]);
      expect([leftSeconds, stoodSeconds]).toEqual([Math.ceil(leftMs / 1000), Math.floor(of("stood") / 1000)]);
    }
  });
});
