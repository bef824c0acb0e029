// Each record and each row as a text key with its facts. The words are in the texts.

import { hasText, type TextArgs } from "../shared/fluent";
import type { ControlReport, Facts, LogRecord, Observation } from "./api";
import { between, type Row } from "./timeline";

export interface Sentence {
  key: string;
  args: TextArgs;
}
const say = (key: string, args: TextArgs = {}): Sentence => ({ key, args });

/** The facts of the text `span`. */
export function span(ms: number): TextArgs {
  const all = Math.round(Math.max(0, ms) / 1000);
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  let unit = "s";
  if (all === 0) unit = "none";
  else if (3600 <= all) unit = minutes === 0 ? "h" : "hm";
  else if (600 <= all || (60 <= all && seconds === 0)) unit = "m";
  else if (60 <= all) unit = "ms";
  return { unit, hours, minutes, seconds };
}

/** What the sentences of one log refer to. */
export class Context {
  readonly #places = new Map<string, number>();
  readonly #before = new Map<number, LogRecord>();
  readonly #checkedBefore = new Map<number, ControlReport[]>();
  readonly began: LogRecord | null;

  constructor(records: LogRecord[]) {
    let checked: ControlReport[] | null = null;
    let last: LogRecord | null = null;
    let began: LogRecord | null = null;
    for (const record of records) {
      if (last) this.#before.set(record.seq, last);
      last = record;
      if (record.kind === "began") {
        began ??= record;
        record.args.items.forEach((item, i) => this.#places.set(item, i + 1));
      }
      // What one computer holds says nothing about another.
      if (record.kind === "moved") checked = null;
      if (record.kind === "checked") {
        if (checked) this.#checkedBefore.set(record.seq, checked);
        checked = record.args.controls;
      }
    }
    this.began = began;
  }

  /** Where an item stands in this sitting, from 1; its identifier where that is not known. */
  place(item: string): number | string {
    return this.#places.get(item) ?? item;
  }
  before(record: LogRecord): LogRecord | null {
    return this.#before.get(record.seq) ?? null;
  }
  /** The report on the controls before this one. */
  checkedBefore(record: LogRecord): ControlReport[] | null {
    return this.#checkedBefore.get(record.seq) ?? null;
  }
  /** Time into the exam, in milliseconds; negative before it began. */
  into(record: LogRecord): number | null {
    if (!this.began) return null;
    return record.seq < this.began.seq ? -between(record, this.began) : between(this.began, record);
  }
}

/** One record in a sentence, or in two where there is more to tell. */
export function sentencesOf(record: LogRecord, context: Context, lastedMs: number | null = null): Sentence[] {
  const timed = (key: string): Sentence[] => (lastedMs === null ? [say(key)] : [say(`${key}-for`, span(lastedMs))]);
  switch (record.kind) {
    case "admitted":
      return [say("log-admitted", { version: record.args.client.version })];
    case "moved":
      return [say("log-moved", { version: record.args.client.version })];
    case "checked": {
      const before = context.checkedBefore(record);
      const same = JSON.stringify(before) === JSON.stringify(record.args.controls);
      const which = before === null ? "first" : same ? "same" : "changed";
      return [say(`log-checked-${which}`, { level: record.args.level.slice(1) })];
    }
    case "withdrawn":
      return [say(`log-withdrawn-${record.args.why}`)];
    case "began": {
      const { items, budgetMs, start } = record.args;
      const key = budgetMs === null ? "log-began-untimed" : "log-began";
      const began = say(key, { items: items.length, ...span(budgetMs ?? 0) });
      return start === null ? [began, say("log-began-offline")] : [began];
    }
    case "visited": {
      const { screen } = record.args;
      return [
        screen.at === "review" ? say("log-visited-review") : say("log-visited-item", { n: context.place(screen.item) }),
      ];
    }
    case "flagged":
      return [say(`log-flagged-${record.args.flagged}`, { n: context.place(record.args.item) })];
    case "responded": {
      const { answered, revision, item } = record.args;
      const which = !answered ? "cleared" : revision === 1 ? "first" : "again";
      return [say(`log-responded-${which}`, { n: context.place(item), revision: String(revision) })];
    }
    case "resumed": {
      const before = context.before(record);
      if (before?.kind === "moved") return resumedElsewhere(record.args);
      const reboot = before !== null && before.boot !== record.boot;
      const offMs = reboot ? record.args.gapMs : before ? between(before, record) : 0;
      const all = [say(reboot ? "log-resumed-computer" : "log-resumed-program", span(offMs))];
      if (0 < record.args.givenBackMs) all.push(say("log-resumed-given", span(record.args.givenBackMs)));
      if (reboot && record.args.server === null) all.push(say("log-resumed-offline"));
      return all;
    }
    case "held":
      return timed(`log-held-${record.args.reason}`);
    case "paused":
    case "left":
      return timed(`log-${record.kind}`);
    case "granted":
      return [say("log-granted", span(record.args.ms))];
    case "observed": {
      const { observation } = record.args;
      if (observation.what === "clockJumped") {
        const way = observation.ms < 0 ? "back" : "on";
        return [say(`log-observed-clockJumped-${way}`, span(Math.abs(observation.ms)))];
      }
      if (observation.what === "suspended") return [say("log-observed-suspended", span(observation.ms))];
      if (observation.what === "probed") return [probed(observation, lastedMs)];
      if (observation.what === "looked") return [looked(observation)];
      if (observation.what === "blind") {
        return [say("log-observed-blind", { probe: observation.probe, why: observation.why })];
      }
      if (observation.what === "surveyed") {
        const { desktop, checks } = observation;
        return [say("log-observed-surveyed", { desktop, checks: checks.length > 0 ? checks.join(", ") : "none" })];
      }
      return [say(`log-observed-${observation.what}`)];
    }
    case "closed":
      return [say(`log-closed-${record.args.cause}`)];
    case "captured": {
      const { monitor, occasion, unchanged, stretch } = record.args.picture;
      const all = [say(`log-captured-${occasion}`, { monitor })];
      if (0 < unchanged) all.push(say("log-captured-unchanged", { count: unchanged }));
      if (1 < stretch) all.push(say("log-captured-stretch", { stretch }));
      return all;
    }
    case "acknowledged":
    case "heartbeat":
    case "released":
    case "continued":
    case "returnAllowed":
    case "returned":
      return [say(`log-${record.kind}`)];
    default:
      return [say("log-unknown", { kind: (record as LogRecord).kind })];
  }
}

/** Whether pictures could be taken. */
function looked({ monitor, sight }: Extract<Observation, { what: "looked" }>): Sentence {
  const why = sight.state === "failed" ? sight.why : "";
  return say(`log-observed-looked`, { state: sight.state, monitor: monitor ?? "", why });
}

/** What a probe saw, and for how long. */
function probed({ probe, sees }: Extract<Observation, { what: "probed" }>, lastedMs: number | null): Sentence {
  const known = hasText(`probed-${probe}`) ? probe : "other";
  const how = sees.length === 0 ? "-gone" : lastedMs === null ? "" : "-for";
  const args = { probe, what: sees.join(", "), count: sees.length, ...span(lastedMs ?? 0) };
  return say(`probed-${known}${how}`, args);
}

/** The first word of a computer that has taken a sitting over. */
function resumedElsewhere({ gapMs, givenBackMs, server }: Facts["resumed"]): Sentence[] {
  const all = [say("log-resumed-elsewhere", span(gapMs))];
  if (0 < givenBackMs) all.push(say("log-resumed-given", span(givenBackMs)));
  if (server === null) all.push(say("log-resumed-offline"));
  return all;
}

function work(records: LogRecord[], context: Context): Sentence[] {
  const [first, last] = [records[0], records[records.length - 1]];
  const counts = { answers: 0, changes: 0, visits: 0, flags: 0, captured: 0 };
  const places: number[] = [];
  const at = (item: string): void => {
    const place = context.place(item);
    if (typeof place === "number") places.push(place);
  };
  for (const record of records) {
    if (record.kind === "responded") {
      counts.answers += 1;
      if (record.args.revision !== 1) counts.changes += 1;
      at(record.args.item);
    } else if (record.kind === "visited") {
      counts.visits += 1;
      if (record.args.screen.at === "item") at(record.args.screen.item);
    } else if (record.kind === "flagged") {
      counts.flags += 1;
      at(record.args.item);
    } else if (record.kind === "captured") counts.captured += 1;
  }
  const all = [say("log-work", { ...counts, ...span(first && last ? between(first, last) : 0) })];
  if (0 < places.length) {
    const [low, high] = [Math.min(...places), Math.max(...places)];
    all.push(say(low === high ? "log-work-at-one" : "log-work-at", { first: low, last: high }));
  }
  return all;
}

/** One row in a sentence, or in two. */
export function sentencesOfRow(row: Row, context: Context): Sentence[] {
  switch (row.is) {
    case "record":
      return sentencesOf(row.record, context, row.lastedMs);
    case "work":
      return work(row.records, context);
    case "quiet": {
      const [first, last] = [row.records[0], row.records[row.records.length - 1]];
      const ms = first && last ? between(first, last) : 0;
      const captured = row.records.filter(({ kind }) => kind === "captured").length;
      return [say("log-quiet", { count: row.records.length, captured, ...span(ms) })];
    }
    case "sight":
      return sentencesOf(row.record, context, row.lastedMs);
    case "gap":
      return [say("log-gap", span(row.lastedMs))];
  }
}
