// The fake's rehearsals of a failure.

import type { NetworkCut, Rehearsal } from "../../src/shared/contract";
import { FAKE_ITEMS } from "./content.ts";
import { OFFER } from "./home.ts";

const network: NetworkCut = { issuer: OFFER.issuer, before: true, during: false, still: null, after: null };
const digest = (i: number): string => "8f2c1a9e63f14d9c9d0b7a1d5f0e2b44".slice(i).padEnd(64, String(i));

export function rehearsalFor(scenario: string): Rehearsal | null {
  if (scenario === "rehearsal-cut") return { stage: "cut", leftMs: 4_200, network };
  if (scenario === "rehearsal-sealed") return { stage: "sealed" };
  const lost = scenario === "rehearsal-lost";
  if (!lost && scenario !== "rehearsal-back") return null;
  const answers = FAKE_ITEMS.slice(0, 4).map(({ id }, i) => ({
    item: id,
    before: digest(i),
    after: lost && i > 1 ? (i === 2 ? digest(9) : null) : digest(i),
  }));
  return {
    stage: "back",
    killed: "2026-11-22T10:31:07.000Z",
    back: "2026-11-22T10:31:10.400Z",
    awayMs: lost ? null : 3_400,
    answers,
    network: lost ? null : { ...network, still: false, after: true },
  };
}
