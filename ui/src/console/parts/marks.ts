// Which shape, colour and words a state has.

import type { Holding, Phase } from "../../shared/contract";
import { t } from "../../shared/fluent";
import { timeOfDay } from "../../shared/format";
import type { Result, Sitting, VerdictKind } from "../api";
import { hourMinute } from "../times";
import type { ShapeName, Tone } from "./shapes";

export const PHASE_TONES: Record<Phase, Tone> = {
  admitted: "quiet",
  checking: "accent",
  underway: "accent",
  held: "flag",
  paused: "flag",
  away: "flag",
  closed: "quiet",
  refused: "quiet",
};
export const VERDICT_TONES: Record<VerdictKind, Tone> = {
  proven: "good",
  "proven-until": "good",
  unanchored: "flag",
  broken: "bad",
};
export const RESULT_TONES: Record<Result, Tone> = { passed: "good", failed: "quiet", "under-review": "flag" };
export const HOLDING_TONES: Record<Holding["state"], Tone> = {
  enforced: "good",
  requested: "good",
  denied: "flag",
  unsupported: "flag",
  released: "quiet",
};

/** Where a sitting is, in words. */
export function phaseText(sitting: Sitting): string {
  return sitting.phase === "closed" && sitting.closing ? t(`closing-${sitting.closing}`) : t(`phase-${sitting.phase}`);
}

export function verdictShape(sitting: Sitting): ShapeName {
  return sitting.logSize === 0 && sitting.verdict.kind !== "broken" ? "none" : sitting.verdict.kind;
}

export function verdictTone(sitting: Sitting): Tone {
  return verdictShape(sitting) === "none" ? "quiet" : VERDICT_TONES[sitting.verdict.kind];
}

/** The verdict in a few words, for the list. */
export function verdictShort(sitting: Sitting, now: string): string {
  const { kind, until, seq } = sitting.verdict;
  if (verdictShape(sitting) === "none") return t("verdict-none");
  if (kind === "proven-until") return t("verdict-proven-until-short", { time: until ? hourMinute(until, now) : "" });
  if (kind === "unanchored") return t("verdict-unanchored-short");
  return kind === "broken" ? t("verdict-broken", { seq: seq ?? 0 }) : t("verdict-proven");
}

/** The facts of the verdict's texts. */
export function verdictArgs(sitting: Sitting): { time: string; seq: number } {
  const { until, seq } = sitting.verdict;
  return { time: until ? timeOfDay(until) : "", seq: seq ?? 0 };
}

/** Time left, coarse so that the page does not flicker. */
export function leftText(sitting: Sitting): string | null {
  const ms = sitting.remainingMs;
  const live = ["underway", "held", "paused", "away"].includes(sitting.phase);
  if (!live) return null;
  if (ms === null) return t("untimed");
  if (ms <= 0) return t("left-none");
  return ms < 60_000
    ? t("left-seconds", { seconds: Math.ceil(ms / 1000) })
    : t("left-minutes", { minutes: Math.floor(ms / 60_000) });
}

/** When the last record was written: of a live sitting how long ago, of another one when. */
export function lastText(sitting: Sitting, now: string, sinceMs: number | null, silent: boolean): string | null {
  if (!sitting.lastRecord || sinceMs === null) return null;
  const minutes = Math.floor(sinceMs / 60_000);
  if (silent) {
    return minutes < 120
      ? t("last-silent", { minutes: Math.max(1, minutes) })
      : t("last-silent-hours", { hours: Math.floor(minutes / 60) });
  }
  if (!["underway", "held", "paused", "away"].includes(sitting.phase)) return hourMinute(sitting.lastRecord, now);
  return minutes < 1 ? t("last-now") : t("last-ago", { minutes });
}
