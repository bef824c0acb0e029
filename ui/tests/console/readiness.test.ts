// The report on readiness, folded from the record.

import { expect, test } from "vitest";
import type { LogRecord, Policy } from "../../src/console/api";
import { readinessOf } from "../../src/console/readiness";
import * as invented from "./invented.mjs";

const records = invented.eventful() as LogRecord[];
const policy = { probes: { outputs: "hold", terminal: "hold", focus: "warn" } } as unknown as Policy;
const kinds = (until: string): LogRecord[] => {
  const end = records.findIndex(({ kind }) => kind === until);
  return records.slice(0, end);
};

test("it is what the computer showed until the first question, and not after", () => {
  const found = readinessOf(records, policy);
  expect(found?.began).toBe(true);
  expect([found?.level, found?.desktop]).toEqual(["L1", "KDE, Wayland, kwin_wayland"]);
  expect(found?.findings).toEqual(["clock-behind", "keys-passphrase", "of-a-later-version"]);
  expect(found?.controls.find(({ control }) => control === "keyboard")?.holding.state).toBe("enforced");
  expect(found?.probes).toEqual([
    { probe: "outputs", state: "sees", what: "HDMI-1" },
    { probe: "terminal", state: "blind", what: "no login service answers" },
    { probe: "focus", state: "nothing", what: "" },
  ]);
});

test("it is there before the exam begins, and not before the computer was checked", () => {
  expect(readinessOf(kinds("began"), policy)?.began).toBe(false);
  expect(readinessOf(kinds("checked"), policy)).toBeNull();
  expect(readinessOf([], null)).toBeNull();
});

test("what another computer showed before says nothing of this one", () => {
  const before = kinds("began");
  const moved = { ...before[0], seq: 90, kind: "moved" } as LogRecord;
  expect(readinessOf([...before, moved], policy)).toBeNull();
  const checked = { ...before.find(({ kind }) => kind === "checked"), seq: 91 } as LogRecord;
  const found = readinessOf([...before, moved, checked], policy);
  expect([found?.desktop, found?.probes.map(({ state }) => state)]).toEqual([null, ["nothing", "nothing", "nothing"]]);
});
