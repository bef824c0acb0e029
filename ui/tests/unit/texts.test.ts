// Every text that can be asked for is there: what the source names, and every code that Rust can send.

import { readFileSync, readdirSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { hasText, problemTexts, setTexts, t, tAttribute } from "../../src/shared/fluent";
import { sources } from "../../src/candidate/texts";
import { sources as consoleSources } from "../../src/console/texts";
import { KEY_LIST } from "../../src/candidate/keys";
import * as codes from "./codes";

const root = `${process.cwd()}/`;
const files = readdirSync(`${root}src/candidate`, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.(svelte|ts)$/.test(name),
);
const code = files.map((name) => readFileSync(`${root}src/candidate/${name}`, "utf8")).join("\n");

const SIGHT = { what: "HDMI-1", count: 1, names: "Example" };
/** Which of these keys has no text. */
const without = (keys: string[]): string[] => keys.filter((key) => !hasText(key));
/** Which of these keys lacks one of the attributes. */
const lacking = (keys: string[], attributes: string[]): string[] =>
  keys.flatMap((key) => attributes.filter((part) => !tAttribute(key, part, SIGHT)).map((part) => `${key}.${part}`));
const named = (prefix: string, names: string[], suffix = ""): string[] =>
  names.map((name) => `${prefix}-${name}${suffix}`);

afterEach(() => setTexts("en", sources));

describe("texts", () => {
  it("has every key that the window names", () => {
    const named = [...code.matchAll(/\b(?:t|tAttribute)\(\s*"([a-z0-9-]+)"/gi)].map((match) => match[1] ?? "");
    const chosen = [...code.matchAll(/\bt\([^"()]*\?\s*"([a-z-]+)"\s*:\s*"([a-z-]+)"/g)].flatMap((match) =>
      match.slice(1),
    );
    expect(named.length).toBeGreaterThan(100);
    expect(chosen.length).toBeGreaterThan(20);
    expect(named.filter((key) => !hasText(key))).toEqual([]);
    expect(chosen.filter((key) => !hasText(key))).toEqual([]);
  });

  it("names every problem, and what to do", () => {
    const { REFUSALS, PROBLEMS, ANSWERS } = codes;
    expect([REFUSALS.length > 8, PROBLEMS.length > 40, ANSWERS.length > 30]).toEqual([true, true, true]);
    const all = named("problem", [...REFUSALS, ...PROBLEMS, ...ANSWERS]);
    expect(without(all)).toEqual([]);
    expect(
      lacking(
        all.filter((key) => key !== "problem-restarted"),
        ["do"],
      ),
    ).toEqual([]);
    const written = [...sources.join("\n").matchAll(/^(problem-[a-z-]+) =/gm)].map((match) => match[1] ?? "");
    expect(written.filter((key) => key !== "problem-code" && !all.includes(key))).toEqual([]);
  });

  it("has a sentence for every event of the log", () => {
    expect([codes.EVENTS.length > 15, codes.OBSERVATIONS.length > 5]).toEqual([true, true]);
    expect(without(named("record", codes.EVENTS))).toEqual([]);
    expect(without(named("record-observed", codes.OBSERVATIONS))).toEqual([]);
    expect(without(named("record-held", codes.HOLDS))).toEqual([]);
    expect(without(named("record-withdrawn", codes.WITHDRAWALS))).toEqual([]);
    expect(without(named("record-closed", codes.CLOSINGS))).toEqual([]);
  });

  it("has every sentence of every probe", () => {
    expect(codes.PROBES.length).toBeGreaterThan(10);
    const all = named("probe", codes.PROBES);
    expect(without(all)).toEqual([]);
    expect(lacking(all, ["recorded", "seen", "do", "noted", "gone"])).toEqual([]);
    expect(without(named("reaction", codes.REACTIONS))).toEqual([]);
  });

  it("has every sentence of every control", () => {
    expect(codes.CONTROLS.length).toBeGreaterThan(6);
    expect(without(named("check", codes.CONTROLS))).toEqual([]);
    expect(without(named("held", codes.CONTROLS))).toEqual([]);
    expect(lacking(named("lost", codes.CONTROLS), ["do"])).toEqual([]);
    expect(without(named("loss", codes.REACTIONS))).toEqual([]);
    for (const state of codes.CHECKED) {
      const all = named("check", codes.CONTROLS, `-${state}`);
      expect(without(all)).toEqual([]);
      if (state !== "requested") expect(lacking(all, ["do"])).toEqual([]);
    }
  });

  it("says why an exam is stopped and what to do", () => {
    expect(codes.HOLDS.filter((reason) => !codes.STOPS.includes(reason))).toEqual([]);
    // Of an exam that goes on elsewhere another page tells.
    expect(
      lacking(
        named(
          "stopped",
          codes.STOPS.filter((reason) => reason !== "seat-moved"),
        ),
        ["why", "do"],
      ),
    ).toEqual([]);
  });

  it("has texts for what is recorded, checked, listed", () => {
    expect([codes.RECORDED.length, codes.CHECKS.size]).toEqual([11, 8]);
    expect(lacking(named("recorded", codes.RECORDED), ["why"])).toEqual([]);
    expect(without(["check-blind", "check-silent"])).toEqual([]);
    for (const [id, ids] of codes.CHECKS) expect(without([`check-${id}`, ...named(`check-${id}`, ids)])).toEqual([]);
    expect(
      without(
        named(
          "key",
          KEY_LIST.map(({ action }) => action),
        ),
      ),
    ).toEqual([]);
  });

  it("has what the console says of every control, probe and hold", () => {
    setTexts("en", consoleSources);
    expect(lacking(named("control", codes.CONTROLS), ["what"])).toEqual([]);
    for (const control of codes.CONTROLS)
      for (const holding of codes.HOLDINGS) {
        const said = t("control-state", { control, holding });
        expect([said.startsWith(t(`control-${control}`)), said.includes(holding)]).toEqual([true, false]);
      }
    // What a trial alone finds is in no record.
    const ahead = ["keys-none", "keys-silent", "pack-absent"];
    const found = [...codes.CHECKS].flatMap(([id, each]) => each.map((code) => `${id}-${code}`));
    expect(found.length).toBeGreaterThan(10);
    expect(
      without(
        named(
          "found",
          found.filter((code) => !ahead.includes(code)),
        ),
      ),
    ).toEqual([]);
    expect(without(named("holding-was", codes.HOLDINGS))).toEqual([]);
    expect(without([...named("fact-loss", codes.REACTIONS), ...named("fact-probes", codes.REACTIONS)])).toEqual([]);
    expect(without(named("probe", codes.PROBES))).toEqual([]);
    for (const suffix of ["", "-for", "-gone"]) expect(without(named("probed", codes.PROBES, suffix))).toEqual([]);
    for (const suffix of ["", "-for"]) expect(without(named("log-held", codes.HOLDS, suffix))).toEqual([]);
    const own = ["clockJumped", "probed"];
    expect(
      without(
        named(
          "log-observed",
          codes.OBSERVATIONS.filter((what) => !own.includes(what)),
        ),
      ),
    ).toEqual([]);
  });

  it("tells what a probe saw, in one and in many", () => {
    const note = (what: string, count: string, probe = "outputs") =>
      problemTexts({ code: "seen", args: { probe, what, count } });
    expect(note("HDMI-1", "1").what).toBe("Another screen was connected: HDMI-1.");
    expect(note("DP-2, HDMI-1", "2").what).toBe("2 other screens were connected: DP-2, HDMI-1.");
    expect(note("a sign", "1", "of-a-later-version").what).toContain("a sign");
    expect(note("HDMI-1", "1").todo).toContain("You can go on");
  });

  it("shows an unknown code as it is, and facts in a reader's form", () => {
    expect(problemTexts({ code: "moon-fell", args: {} }).what).toContain("moon-fell");
    expect(problemTexts({ code: "restarted", args: { givenBackSeconds: "0" } }).what).not.toContain("given back");
    expect(problemTexts({ code: "restarted", args: { givenBackSeconds: "90" } }).what).toContain("1:30");
    expect(problemTexts({ code: "window-not-open", args: { opens: "2026-11-23T09:00:00.000Z" } }).what).not.toContain(
      "T09",
    );
  });

  it("wraps every text in the pseudo language", () => {
    setTexts("pseudo", sources);
    expect(t("question", { number: 3, of: 25 })).toMatch(/^⟦.*3.*25⟧$/);
  });
});
