// What the computer showed in the check before the start, folded from the record: the report that the candidate had.

import type { Policy, ControlReport, LogRecord } from "./api";
import type { Level, Probe } from "../shared/contract";

/** How a probe looked until the start. */
export type Seeing = "sees" | "nothing" | "blind";
export interface ProbeState {
  probe: string;
  state: Seeing;
  /** What it saw, or why it could not look. */
  what: string;
}
export interface Readiness {
  /** The record up to which it was folded: the start, or the last one so far. */
  upTo: LogRecord;
  began: boolean;
  level: Level | null;
  desktop: string | null;
  /** What was not fine: each the check's name and its code. */
  findings: string[];
  controls: ControlReport[];
  probes: ProbeState[];
}

/** The report of the last computer that was checked; `null` before any was. */
export function readinessOf(records: LogRecord[], policy: Policy | null): Readiness | null {
  const start = records.findIndex(({ kind }) => kind === "began");
  const before = start < 0 ? records : records.slice(0, start);
  const moved = before.findLastIndex(({ kind }) => kind === "moved");
  const here = before.slice(Math.max(0, moved));
  const upTo = start < 0 ? records.at(-1) : records[start];
  if (!upTo || !here.some(({ kind }) => kind === "checked")) return null;

  const found: Readiness = {
    upTo,
    began: start >= 0,
    level: null,
    desktop: null,
    findings: [],
    controls: [],
    probes: [],
  };
  const seen = new Map<string, ProbeState>();
  for (const record of here) {
    if (record.kind === "checked") {
      found.level = record.args.level;
      found.controls = record.args.controls;
    }
    if (record.kind !== "observed") continue;
    const { observation } = record.args;
    if (observation.what === "surveyed") {
      found.desktop = observation.desktop;
      found.findings = observation.checks;
    } else if (observation.what === "probed") {
      const { probe, sees } = observation;
      seen.set(probe, { probe, state: sees.length > 0 ? "sees" : "nothing", what: sees.join(", ") });
    } else if (observation.what === "blind") {
      const { probe, why } = observation;
      if (seen.get(probe)?.state !== "sees") seen.set(probe, { probe, state: "blind", what: why });
    }
  }
  const nothing = (probe: string): ProbeState => ({ probe, state: "nothing", what: "" });
  found.probes = (Object.keys(policy?.probes ?? {}) as Probe[]).map((probe) => seen.get(probe) ?? nothing(probe));
  return found;
}
