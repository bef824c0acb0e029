// The log as a proctor reads it: stretches of work and of mere signs of life folded, silent stretches shown, and each
// thing that has an end told with how long it lasted.

import type { Kind, LogRecord, Observation } from "./api";

/** The longest stretch folded into one row. */
const FOLD_MS = 5 * 60_000;
/** A record comes at least every 30 s while the exam lasts; a longer stretch than this is told. */
export const GAP_MS = 45_000;

/** What the jump list leads to. */
export const JUMPS = ["move", "restart", "stop", "leave", "observation", "control", "gap"] as const;
export type Jump = (typeof JUMPS)[number];

interface Base {
  key: string;
  records: LogRecord[];
  jump: Jump | null;
}
export type Row =
  /** One record; `lastedMs` until what ended it. */
  | (Base & { is: "record"; record: LogRecord; lastedMs: number | null })
  /** Answers, screens and flags. */
  | (Base & { is: "work" })
  /** Nothing but heartbeats and evidence. */
  | (Base & { is: "quiet" })
  /** A probe saw something, and then nothing any more, with nothing in between. */
  | (Base & { is: "sight"; record: LogRecord; lastedMs: number })
  /** Nothing at all. */
  | (Base & { is: "gap"; lastedMs: number; from: LogRecord });

/** Time from one record to another: by the clock that counts suspend, across a reboot by the calendar. */
export function between(from: LogRecord, to: LogRecord): number {
  return from.boot === to.boot ? to.elapsed - from.elapsed : Date.parse(to.at) - Date.parse(from.at);
}

const WORK: readonly Kind[] = ["visited", "responded", "flagged"];
/** What Invigil writes by itself while nothing happens. */
export const SIGNS: readonly Kind[] = ["heartbeat", "captured"];
const isSign = (record: LogRecord | undefined): boolean => record !== undefined && SIGNS.includes(record.kind);
/** What says itself how long nothing was written before it. */
const TELLS_GAP: readonly Kind[] = ["resumed", "moved"];
const ENDS: Partial<Record<Kind, Kind[]>> = {
  held: ["released", "closed"],
  paused: ["continued", "closed"],
  left: ["returned", "closed"],
};

/** What was seen before these says nothing about what is seen after them. */
const FORGETS: readonly Kind[] = ["resumed", "moved", "left", "closed"];

type Probed = Extract<Observation, { what: "probed" }>;
/** What a probe says in a record. */
function probed(record: LogRecord | undefined): Probed | null {
  if (record?.kind !== "observed") return null;
  const { observation } = record.args;
  return observation.what === "probed" ? observation : null;
}

/** Whether a record says that the screen could be seen for pictures, as it should be. */
function canLook(record: LogRecord): boolean {
  if (record.kind !== "observed") return false;
  const { observation } = record.args;
  return observation.what === "looked" && observation.sight.state === "clear";
}

function lasted(records: LogRecord[], at: number): number | null {
  const record = records[at];
  if (!record) return null;
  const later = records.slice(at + 1);
  const sight = probed(record);
  if (sight) {
    if (sight.sees.length === 0) return null;
    const end = later.find((next) => FORGETS.includes(next.kind) || probed(next)?.probe === sight.probe);
    return end && probed(end) ? between(record, end) : null;
  }
  const end = later.find(({ kind }) => ENDS[record.kind]?.includes(kind));
  return end ? between(record, end) : null;
}

/** Whether the controls were reported differently before. */
function controlsChanged(record: LogRecord, before: LogRecord | null): boolean {
  if (record.kind !== "checked" || before?.kind !== "checked") return false;
  return JSON.stringify(record.args.controls) !== JSON.stringify(before.args.controls);
}

function jumpOf(record: LogRecord, before: LogRecord | undefined, checked: LogRecord | null): Jump | null {
  switch (record.kind) {
    case "moved":
      return "move";
    case "resumed":
      return before?.kind === "moved" ? null : "restart";
    case "held":
    case "paused":
      return "stop";
    case "left":
      return "leave";
    case "observed":
      if (record.args.observation.what === "surveyed") return null;
      return probed(record)?.sees.length === 0 || canLook(record) ? null : "observation";
    case "checked":
      return controlsChanged(record, checked) ? "control" : null;
    default:
      return null;
  }
}

/** Where the probe that saw something at `at` saw nothing any more, if only signs of life lie in between. */
function goneAt(records: LogRecord[], at: number): number | null {
  const sight = probed(records[at]);
  if (!sight || sight.sees.length === 0) return null;
  let next = at + 1;
  while (isSign(records[next])) next += 1;
  const end = probed(records[next]);
  return end?.probe === sight.probe && end.sees.length === 0 ? next : null;
}

/** The rows of a log. */
export function timeline(records: LogRecord[]): Row[] {
  const rows: Row[] = [];
  let fold: LogRecord[] = [];
  let alive = false;
  let checked: LogRecord | null = null;

  const close = () => {
    const [first] = fold;
    if (first) {
      const base = { key: `r${first.seq}`, records: fold, jump: null };
      if (fold.length === 1) rows.push({ ...base, is: "record", record: first, lastedMs: null });
      else if (fold.some(({ kind }) => WORK.includes(kind))) rows.push({ ...base, is: "work" });
      else rows.push({ ...base, is: "quiet" });
    }
    fold = [];
  };

  for (let i = 0; i < records.length; i += 1) {
    const record = records[i];
    if (!record) break;
    const before = records[i - 1];
    const sinceMs = before ? between(before, record) : 0;
    if (alive && before && GAP_MS < sinceMs && !TELLS_GAP.includes(record.kind)) {
      close();
      rows.push({ is: "gap", key: `g${record.seq}`, records: [], jump: "gap", lastedMs: sinceMs, from: before });
    }
    const [first] = fold;
    if (first && FOLD_MS < between(first, record)) close();
    if (isSign(record) || WORK.includes(record.kind)) {
      fold.push(record);
      continue;
    }
    close();
    if (record.kind === "began") alive = true;
    if (record.kind === "closed") alive = false;
    const gone = goneAt(records, i);
    const end = gone === null ? undefined : records[gone];
    if (gone !== null && end) {
      const base = { key: `r${record.seq}`, records: records.slice(i, gone + 1), jump: "observation" } as const;
      rows.push({ ...base, is: "sight", record, lastedMs: between(record, end) });
      i = gone;
      continue;
    }
    const jump = jumpOf(record, before, checked);
    rows.push({ is: "record", key: `r${record.seq}`, records: [record], record, jump, lastedMs: lasted(records, i) });
    if (record.kind === "checked" || record.kind === "moved") checked = record;
  }
  close();
  return rows;
}
