import { describe, expect, it } from "vitest";
import { Saver } from "../../src/candidate/saver";
import type { Value } from "../../src/shared/contract";

const text = (string: string): Value => ({ base: { string } });

/** Types a letter at each time and takes what is due every 10 ms; says when what was sent. */
function sendings(types: number[], { answerMs = 5, until = 5000, failFirst = 0 } = {}): string[] {
  const saver = new Saver();
  const sent: string[] = [];
  let lands = Infinity;
  let failures = failFirst;
  for (let now = 0; now <= until; now += 10) {
    if (now >= lands) {
      lands = Infinity;
      if (failures-- > 0) saver.failed(now, true);
      else saver.landed();
    }
    if (types.includes(now)) saver.type("q", text(`${types.indexOf(now) + 1}`), now);
    const change = saver.take(now);
    if (!change) continue;
    sent.push(
      `${now}:${change.value && "base" in change.value && "string" in change.value.base ? change.value.base.string : ""}`,
    );
    lands = now + answerMs;
  }
  return sent;
}

describe("when an answer is sent", () => {
  const every = (ms: number, until: number) => Array.from({ length: Math.floor(until / ms) }, (_, i) => i * ms);

  it.each([
    ["one letter waits for 400 ms of quiet", [0], {}, ["400:1"]],
    ["a second letter starts the quiet again", [0, 300], {}, ["700:2"]],
    ["without quiet it goes after a second", every(100, 1200), {}, ["1000:11", "1500:12"]],
    ["two pauses, two sendings", [0, 1000], {}, ["400:1", "1400:2"]],
    ["what changes on the way goes after it", [0, 500], { answerMs: 600 }, ["400:1", "1000:2"]],
    ["a failure is tried again soon", [0], { failFirst: 1 }, ["400:1", "910:1"]],
    ["and again, never later than a second", [0], { failFirst: 3 }, ["400:1", "910:1", "1920:1", "2930:1"]],
    ["the newest value wins over a failed one", [0, 450], { failFirst: 1, answerMs: 100 }, ["400:1", "1000:2"]],
  ])("%s", (_, types, options, expected) => {
    expect(sendings(types, options)).toEqual(expected);
  });

  it("never leaves a change older than a second unsent, whatever the rhythm", () => {
    for (const gap of [10, 70, 130, 390, 400, 410]) {
      const times = every(gap, 6000).map((t) => Math.round(t / 10) * 10);
      const sent = sendings(times, { until: 7000 }).map((entry) => Number(entry.split(":")[0]));
      const waits = sent.map((at, i) => at - Math.min(...times.filter((t) => t > (sent[i - 1] ?? -1))));
      expect(Math.max(...waits)).toBeLessThanOrEqual(1000);
    }
  });

  it("loses at most a second of five minutes of typing without a pause", () => {
    const until = 5 * 60_000;
    for (const gap of [50, 130, 390]) {
      const times = every(gap, until);
      for (const answerMs of [5, 200]) {
        const sent = sendings(times, { answerMs, until: until + 2000 }).map((entry) => entry.split(":").map(Number));
        let known = 0;
        for (const [at = 0, letters = 0] of sent) {
          const began = times[known] ?? 0;
          expect(letters, `nothing new at ${at}`).toBeGreaterThan(known);
          expect(at - began, `what began at ${began}`).toBeLessThanOrEqual(1000);
          known = letters;
        }
        expect(known).toBe(times.length);
        // Once a second, and once more at the end.
        expect(sent.length).toBeGreaterThanOrEqual(until / (1000 + gap));
        expect(sent.length).toBeLessThanOrEqual(until / 1000 + 1);
      }
    }
  });

  it("sends choices, and everything in a hurry, at once", () => {
    const saver = new Saver();
    saver.choose("a", { base: { identifier: "x" } }, 0);
    expect(saver.take(0)).toEqual({ item: "a", value: { base: { identifier: "x" } } });
    saver.type("b", text("b"), 1);
    expect(saver.take(1)).toBeNull();
    saver.landed();
    expect(saver.take(2)).toBeNull();
    saver.hurry();
    expect(saver.take(2)?.item).toBe("b");
  });

  it("has one answer on its way and keeps the others in the order they began", () => {
    const saver = new Saver();
    saver.choose("a", text("1"), 0);
    saver.take(0);
    saver.choose("b", text("2"), 1);
    saver.choose("a", text("3"), 2);
    expect(saver.take(3)).toBeNull();
    saver.landed();
    expect(saver.take(3)?.item).toBe("b");
    saver.landed();
    expect(saver.take(3)).toEqual({ item: "a", value: text("3") });
    expect(saver.pending).toEqual(["a"]);
    saver.landed();
    expect(saver.pending).toEqual([]);
  });

  it("shows the newest unsaved value, also while an older one is on its way", () => {
    const saver = new Saver();
    expect(saver.unsaved("a")).toBeUndefined();
    saver.choose("a", text("1"), 0);
    saver.take(0);
    expect(saver.unsaved("a")).toEqual(text("1"));
    saver.type("a", null, 1);
    expect(saver.unsaved("a")).toBeNull();
    saver.landed();
    expect(saver.unsaved("a")).toBeNull();
  });

  it("keeps what is refused for good until it is changed or asked for", () => {
    const saver = new Saver();
    saver.choose("a", text("too long"), 0);
    saver.take(0);
    saver.failed(1, false);
    saver.hurry();
    expect([saver.take(9999), saver.waitMs(9999), saver.unsaved("a")]).toEqual([null, null, text("too long")]);
    saver.choose("a", text("short"), 10_000);
    expect(saver.take(10_000)?.value).toEqual(text("short"));
    saver.failed(10_001, false);
    saver.retry();
    expect(saver.take(10_002)?.value).toEqual(text("short"));
  });
});
