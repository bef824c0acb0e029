// The log as rows and sentences, and the order of the list.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FluentBundle, FluentResource } from "@fluent/bundle";
import { type Wish, arrange, follow, isSilent, worthALook } from "../../src/console/arrange";
import type { LogRecord, Sittings } from "../../src/console/api";
import { Context, sentencesOfRow, span } from "../../src/console/sentence";
import { sources } from "../../src/console/texts";
import { setTexts } from "../../src/shared/fluent";
import { JUMPS, timeline } from "../../src/console/timeline";
import * as invented from "./invented.mjs";

setTexts("en", sources);
const texts = new FluentBundle("en", { useIsolating: false });
for (const source of sources) texts.addResource(new FluentResource(source));
const records = invented.eventful() as LogRecord[];
const list = invented.many() as Sittings;

function say(key: string, args: Record<string, string | number>): string {
  const pattern = texts.getMessage(key)?.value;
  expect(pattern, key).toBeTruthy();
  const errors: Error[] = [];
  const text = texts.formatPattern(pattern ?? "", args, errors);
  expect(errors, key).toEqual([]);
  return text;
}
function told(log: LogRecord[]): string[] {
  const context = new Context(log);
  const words = (row: ReturnType<typeof timeline>[number]) =>
    sentencesOfRow(row, context).map(({ key, args }) => say(key, args as Record<string, string | number>));
  return timeline(log).map((row) => words(row).join(" "));
}

test("every record is in exactly one row, in its order", () => {
  const seqs = timeline(records).flatMap((row) => row.records.map(({ seq }) => seq));
  expect(seqs).toEqual(records.map(({ seq }) => seq));
});

test("rows are told in sentences", () => {
  const rows = told(records);
  for (const sentence of [
    "Invigil 0.1.0 began the record on this computer.",
    "The first question was shown and the clock started: 25 questions, 40 min.",
    "Worked for 4 min 16 s: 6 answers, 6 changes of screen, one flag. Questions 1 to 6",
    "The keyboard was with Terminal for 4 s.",
    "The keyboard was with another window for 5 s.",
    "Another screen was connected for 5 s: HDMI-1.",
    "2 other screens were connected for 46 s: DP-2, HDMI-1.",
    "The screen was recorded or shared for 36 s by Example Recorder.",
    "The exam was stopped and covered for 36 s: something was seen that the rules stop for.",
    "The screen was not recorded or shared any more.",
    "No other screen was connected any more.",
    "The computer was asleep for 1 min 35 s.",
    "The computer showed “something-new”: of a later version.",
    "The computer showed signs of a virtual machine: hypervisor bit, firmware QEMU. Ordinary computers sometimes show them too.",
    "The exam was stopped and covered for 1 min 8 s: a control no longer held.",
    "The hold was over; the exam went on.",
    "The computer’s calendar was moved back by 1 h. The exam’s clock did not follow.",
    "The candidate left the exam for 2 min 48 s. The computer was free.",
    "Invigil came back after a restart of the computer that took 2 min 11 s. 2 min 11 s were given back. The service was out of reach.",
    "Nothing recorded for 1 min 11 s.",
    "Worked for 4 s: 2 answers, 2 of them changes, same screen. Questions 3 to 4",
    "The exam was paused for 1 min 50 s.",
    "Invigil came back after 14 s without it running. 9 s were given back.",
    "Worked for 1 min 38 s: one answer, one of them a change, one change of screen, one picture. Question 17",
    "The exam was taken over by another computer, with Invigil 0.1.1.",
    "It went on there 4 min 10 s after the record before. 2 min 40 s were given back.",
    "Nothing but signs of life for 31 s (3), one picture among them.",
    "A record of the kind somethingNew, which this console does not know.",
  ]) {
    expect(rows).toContain(sentence);
  }
});

test("what one computer holds is not compared with another", () => {
  const rows = told(records);
  const moved = rows.findIndex((row) => row.startsWith("The exam was taken over"));
  expect(rows[moved + 2]).toBe("The computer was checked: level 1.");
});

test("every kind of record and every refusal of an action has its text", () => {
  const events = readFileSync(`${process.cwd()}/../crates/core/src/sitting/event.rs`, "utf8");
  const body = /enum Event \{([\s\S]*?)\n\}/.exec(events)?.[1] ?? "";
  const kinds = [...body.matchAll(/^ {4}([A-Z])(\w*)/gm)].map(([, first, rest]) => `${first?.toLowerCase()}${rest}`);
  expect(kinds.length).toBeGreaterThan(20);
  expect(kinds.filter((kind) => !sources.some((source) => source.includes(`\nlog-${kind}`)))).toEqual([]);
  const codes = "seat-stays hand-in-refused log-broken log-fork submission-differs evidence-missing body-too-large";
  for (const code of codes.split(" "))
    expect(say(`trouble-${code}`, { phase: "underway", megabytes: 256 })).toBeTruthy();
});

test("nothing that stands out is folded away", () => {
  const rows = timeline(records);
  const counts = JUMPS.map((jump) => [jump, rows.filter((row) => row.jump === jump).length]);
  expect(Object.fromEntries(counts)).toEqual({
    move: 1,
    restart: 2,
    stop: 3,
    leave: 1,
    observation: 15,
    control: 3,
    gap: 1,
  });
  const folded = rows.filter((row) => row.is === "work" || row.is === "quiet").flatMap((row) => row.records);
  expect(new Set(folded.map(({ kind }) => kind))).toEqual(
    new Set(["visited", "responded", "flagged", "heartbeat", "captured"]),
  );
});

test("a stretch of work is folded for five minutes at most", () => {
  const place = (seq: number) => ({
    seq,
    at: "2026-11-22T08:00:00.000Z",
    elapsed: seq * 20_000,
    boot: 0,
    by: "candidate",
  });
  const log = Array.from({ length: 40 }, (_, seq) => ({
    ...place(seq),
    kind: "visited",
    args: { screen: { at: "review" } },
  }));
  const rows = timeline(log as LogRecord[]);
  expect(rows.map(({ records }) => records.length)).toEqual([16, 16, 8]);
});

test("an empty log has no rows", () => {
  expect(timeline([])).toEqual([]);
});

test("spans are said as people say them", () => {
  const cases: [number, string][] = [
    [300, "under a second"],
    [4_100, "4 s"],
    [60_000, "1 min"],
    [68_000, "1 min 8 s"],
    [599_000, "9 min 59 s"],
    [754_000, "12 min"],
    [3_600_000, "1 h"],
    [3_900_000, "1 h 5 min"],
  ];
  for (const [ms, expected] of cases)
    expect(say("span", span(ms) as Record<string, number>), String(ms)).toBe(expected);
});

const wish = (change: Partial<Wish> = {}): Wish => ({
  text: "",
  group: "all",
  sort: "state",
  turned: false,
  ...change,
});
const named = (ids: string[]) => ids.map((id) => list.sittings.find((one) => one.id === id)?.candidate.name);

test("what stands still comes first, what has ended last", () => {
  const ids = arrange(list.sittings, wish(), list.time);
  const phases = ids.map((id) => list.sittings.find((one) => one.id === id)?.phase);
  expect(phases.slice(0, 6)).toEqual(["held", "held", "paused", "paused", "away", "away"]);
  expect(phases.at(-1)).toBe("refused");
});

test("text finds names without their accents, and every word has to match", () => {
  expect(named(arrange(list.sittings, wish({ text: "angstrom" }), list.time))).toEqual(["Candidate 11 ångström"]);
  expect(arrange(list.sittings, wish({ text: "angstrom nobody" }), list.time)).toEqual([]);
});

test("a refresh keeps the order, takes out what is gone and puts what is new behind", () => {
  const now = list.sittings.filter(({ id }) => id !== "b");
  const [first, second, third] = now.map(({ id }) => id) as [string, string, string];
  const arranged = [third, first, second];
  expect(follow(["gone", second, first], arranged, now)).toEqual([second, first, third]);
});

test("a live sitting without signs of life is worth a look, an ended one is not", () => {
  const quiet = list.sittings.filter((one) => isSilent(one, list.time));
  expect(quiet.length).toBeGreaterThan(0);
  expect(quiet.every((one) => worthALook(one, list.time))).toBe(true);
  expect(list.sittings.filter(({ phase }) => phase === "closed").some((one) => isSilent(one, list.time))).toBe(false);
});
