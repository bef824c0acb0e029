// Why the time left is what it is: an account in whole seconds that adds up to the time the clock shows.

import type { TimeKind, TimePart } from "../shared/contract";

export interface Entry {
  kind: TimeKind;
  /** Whether it is taken away. */
  taken: boolean;
  seconds: number;
}
export interface Account {
  entries: Entry[];
  leftSeconds: number;
  /** How long the clock has stood. It is no part of the sum. */
  stoodSeconds: number;
}

const ADDS: readonly TimeKind[] = ["allowed", "accommodation", "granted", "given-back"];

/**
 * The account of a view's parts at the moment when `leftMs` are left. What was used since the view was made is used in
 * the exam, and so is what rounding leaves over: the shown second has begun.
 */
export function accountOf(parts: TimePart[], leftMs: number): Account {
  const of = (kind: TimeKind): number => Math.floor((parts.find((part) => part.kind === kind)?.ms ?? 0) / 1000);
  const leftSeconds = Math.ceil(Math.max(0, leftMs) / 1000);
  const added = ADDS.reduce((sum, kind) => sum + of(kind), 0);
  const gone = Math.max(0, added - of("window-ends") - leftSeconds);
  const off = Math.min(of("off"), gone);
  const secondsOf = (kind: TimeKind): number => (kind === "worked" ? gone - off : kind === "off" ? off : of(kind));
  const entries = parts
    .filter(({ kind }) => kind !== "stood")
    .map(({ kind }) => ({ kind, taken: !ADDS.includes(kind), seconds: secondsOf(kind) }));
  return { entries, leftSeconds, stoodSeconds: of("stood") };
}
