// Which sittings are shown, in which order, and which deserve a look. A proctor reads while the list is refreshed, so
// the order changes only when the proctor asks for it.

import type { Phase, Wall } from "../shared/contract";
import type { Sitting, VerdictKind } from "./api";

export const GROUPS = ["all", "look", "live", "waiting", "ended"] as const;
export type Group = (typeof GROUPS)[number];
export const COLUMNS = [
  "candidate",
  "exam",
  "state",
  "level",
  "began",
  "last",
  "left",
  "answered",
  "verdict",
  "result",
] as const;
export type Column = (typeof COLUMNS)[number];

/** What the proctor wishes to see. */
export interface Wish {
  text: string;
  group: Group;
  sort: Column;
  /** Whether the order is turned round. */
  turned: boolean;
}

/** A heartbeat comes at least every 30 s; after this long something is in the way. */
const SILENT_MS = 90_000;
const LIVE: readonly Phase[] = ["underway", "held", "paused", "away"];
const PHASE_ORDER: readonly Phase[] = [
  "held",
  "paused",
  "away",
  "underway",
  "checking",
  "admitted",
  "closed",
  "refused",
];
const VERDICT_ORDER: readonly VerdictKind[] = ["broken", "unanchored", "proven-until", "proven"];
const RESULT_ORDER = ["under-review", "failed", "passed"];

export const isLive = (sitting: Sitting): boolean => LIVE.includes(sitting.phase);

/** How long ago the last record was written, in milliseconds. */
export function sinceLast(sitting: Sitting, now: Wall): number | null {
  return sitting.lastRecord ? Math.max(0, Date.parse(now) - Date.parse(sitting.lastRecord)) : null;
}

/** Whether a sitting that should give signs of life gives none. */
export function isSilent(sitting: Sitting, now: Wall): boolean {
  return isLive(sitting) && SILENT_MS < (sinceLast(sitting, now) ?? 0);
}

/** Whether a person should look: it stands still, is silent, waits for a decision, or its record is not whole. */
export function worthALook(sitting: Sitting, now: Wall): boolean {
  return (
    (isLive(sitting) && sitting.phase !== "underway") ||
    sitting.flagged ||
    sitting.verdict.kind === "broken" ||
    sitting.result === "under-review" ||
    isSilent(sitting, now)
  );
}

export function inGroup(sitting: Sitting, group: Group, now: Wall): boolean {
  switch (group) {
    case "all":
      return true;
    case "look":
      return worthALook(sitting, now);
    case "live":
      return isLive(sitting);
    case "waiting":
      return sitting.phase === "admitted" || sitting.phase === "checking";
    case "ended":
      return sitting.phase === "closed" || sitting.phase === "refused";
  }
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function matches(sitting: Sitting, text: string): boolean {
  const { candidate, exam, certification, administration, id } = sitting;
  const all = plain(
    [candidate.name, candidate.id, exam.title, exam.id, certification.title, administration, id].join("\n"),
  );
  return plain(text)
    .split(/\s+/)
    .every((word) => all.includes(word));
}

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const LAST = Number.MAX_SAFE_INTEGER;
const place = <T>(order: readonly T[], one: T | null): number => {
  const at = one === null ? -1 : order.indexOf(one);
  return at < 0 ? LAST : at;
};
const newestFirst = (wall: Wall | null): number => (wall ? -Date.parse(wall) : LAST);

/** What a column sorts by: text, or a number that is smallest where it should come first. */
function rank(sitting: Sitting, column: Column): string | number {
  switch (column) {
    case "candidate":
      return sitting.candidate.name;
    case "exam":
      return sitting.exam.title;
    case "state":
      return place(PHASE_ORDER, sitting.phase);
    case "level":
      return sitting.level ?? "M";
    case "began":
      return newestFirst(sitting.began);
    case "last":
      return newestFirst(sitting.lastRecord);
    case "left":
      return isLive(sitting) ? (sitting.remainingMs ?? LAST - 1) : LAST;
    case "answered":
      return sitting.answered / Math.max(1, sitting.of);
    case "verdict":
      return sitting.logSize === 0 ? LAST : place(VERDICT_ORDER, sitting.verdict.kind);
    case "result":
      return place(RESULT_ORDER, sitting.result);
  }
}

/** The sittings to show, in order. */
export function arrange(sittings: Sitting[], wish: Wish, now: Wall): string[] {
  const shown = sittings.filter((one) => inGroup(one, wish.group, now) && matches(one, wish.text));
  const sign = wish.turned ? -1 : 1;
  const compared = (a: string | number, b: string | number): number =>
    typeof a === "number" && typeof b === "number" ? a - b : names.compare(String(a), String(b));
  const order = (a: Sitting, b: Sitting): number =>
    sign * compared(rank(a, wish.sort), rank(b, wish.sort)) ||
    names.compare(a.candidate.name, b.candidate.name) ||
    names.compare(a.id, b.id);
  return shown.toSorted(order).map(({ id }) => id);
}

/** The order the proctor is reading, with what is new behind it and what is gone taken out. */
export function follow(before: string[], arranged: string[], sittings: Sitting[]): string[] {
  const there = new Set(sittings.map(({ id }) => id));
  const kept = before.filter((id) => there.has(id));
  const known = new Set(kept);
  return [...kept, ...arranged.filter((id) => !known.has(id))];
}
