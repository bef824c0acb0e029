// The fake's account of the time and its result.

import type { ResultView, TimePart } from "../../src/shared/contract";
import { CREDENTIAL, standing } from "./home.ts";

const MINUTE = 60_000;

/** Parts that add up to what is left. */
export function partsFor(scenario: string, leftMs: number): TimePart[] {
  const parts: TimePart[] = [
    { kind: "allowed", ms: 25 * MINUTE },
    { kind: "accommodation", ms: 6 * MINUTE },
  ];
  if (scenario !== "exam-time") return [...parts, { kind: "worked", ms: Math.max(0, 31 * MINUTE - leftMs) }];
  return [
    ...parts,
    { kind: "window-ends", ms: 4 * MINUTE },
    { kind: "granted", ms: 15 * MINUTE },
    { kind: "given-back", ms: 2.5 * MINUTE },
    { kind: "worked", ms: 41 * MINUTE - leftMs },
    { kind: "off", ms: 3.5 * MINUTE },
    { kind: "stood", ms: 65_000 },
  ];
}

export function result(passed: boolean): ResultView {
  const areas = passed ? [9, 8, 11, 6] : [6, 3, 7, 4];
  const titles = ["Models", "Components", "Relationships and their evaluation", "Connections and credentials"];
  const given = areas.reduce((a, b) => a + b, 0);
  return {
    score: { given, of: 41 },
    percentHundredths: Math.round((given / 41) * 10_000),
    passPercent: 70,
    passed,
    competencies: titles.map((title, i) => ({
      id: `c${i}`,
      title,
      score: { given: areas[i] ?? 0, of: [10, 9, 13, 9][i] ?? 0 },
    })),
    standing: standing(passed ? 5 : 2),
    credential: passed ? CREDENTIAL : null,
  };
}
