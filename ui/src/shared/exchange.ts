// What both hosts share: the reply that belongs to each question, and problems out of anything that was thrown.

import type { Act, Ask, Problem, Reply, View } from "./contract";

/** The reply's name for each question. */
interface ReplyNames {
  home: "home";
  refreshHome: "home";
  unlock: "home";
  settings: "home";
  lookUp: "offer";
  admit: "admission";
  admission: "admission";
  open: "view";
  openByCode: "view";
  practice: "view";
  leave: "view";
  readiness: "readiness";
  trial: "trial";
  trialOver: "over";
  rehearse: "over";
  rehearsalOver: "over";
  item: "item";
  record: "record";
  picture: "picture";
  handInFile: "file";
  say: "said";
  quit: "done";
}

/** The reply to a question. */
export type ReplyTo<A extends Ask> = Extract<Reply, { reply: ReplyNames[A["ask"]] }>;

/** The window's three calls. Every failure is a `Problem`. */
export interface Host {
  lobby<const A extends Ask>(ask: A): Promise<ReplyTo<A>>;
  dispatch(act: Act): Promise<View>;
  subscribe(onView: (view: View) => void): Promise<void>;
}

function isProblem(thing: unknown): thing is Problem {
  return typeof thing === "object" && thing !== null && "code" in thing && typeof thing.code === "string";
}

/** The problem in whatever a call was rejected with. */
export function problemOf(thing: unknown): Problem {
  if (isProblem(thing)) return { code: thing.code, args: thing.args ?? {} };
  return { code: "internal", args: { detail: thing instanceof Error ? thing.message : String(thing) } };
}
