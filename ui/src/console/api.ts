// The console's half of the issuing service: its addresses and the shapes of its answers, by hand after
// crates/issuer/src/desk/watch.rs. Everything in an answer was verified by the service before it was sent.

import type {
  Closing,
  Control,
  Holding,
  Level,
  Phase,
  Probe,
  Reaction,
  Screen,
  Wall,
  Withdrawal,
} from "../shared/contract";

export interface Titled {
  id: string;
  title: string;
}
export interface Me {
  name: string;
  role: "proctor" | "operator";
}
export type VerdictKind = "proven" | "proven-until" | "unanchored" | "broken";
export interface Verdict {
  kind: VerdictKind;
  until?: Wall;
  seq?: number;
  why?: string;
  text: string;
}
export type Result = "passed" | "failed" | "under-review";
export type Supervision = "none" | "in-the-room" | "live" | "reviewed";

/** One sitting in the list. */
export interface Sitting {
  id: string;
  candidate: { id: string; name: string };
  exam: Titled;
  certification: Titled;
  administration: string;
  supervision: Supervision;
  phase: Phase;
  level: Level | null;
  opens: Wall;
  closes: Wall;
  began: Wall | null;
  lastRecord: Wall | null;
  remainingMs: number | null;
  answered: number;
  of: number;
  logSize: number;
  verdict: Verdict;
  closing: Closing | null;
  result: Result | null;
  flagged: boolean;
  /** It began by the proctor's code, without the service. */
  beganOffline: boolean;
  /** When the exam's key was first given out, and how often. */
  firstStart: Wall | null;
  starts: number;
}
export interface Sittings {
  time: Wall;
  sittings: Sitting[];
}

export interface Policy {
  name: string;
  assuranceMin: Level;
  controls: Control[];
  onLoss: Reaction;
  probes: Partial<Record<Probe, Reaction>>;
  programs: { name: string; file: string; sha256?: string }[];
  copying: boolean;
  pictures: { everyMs: number; quotaBytes: number; keepDays: number } | null;
  offlineStart: boolean;
  returnFromAway: boolean;
  restartAllowanceMs: number;
  rebootGapMaxMs: number;
  holdUnansweredMs: number;
  results: "at-once" | "after-review";
}
export interface AdmissionFacts {
  issuer: { name: string; did: string; origin: string };
  policy: Policy;
  assuranceMin: Level;
  controls: Control[];
  minutes: number;
  extraMinutes: number;
  tryNumber: number;
}

/** One sitting in full, without its answers. */
export interface Detail {
  sitting: Sitting;
  admission: AdmissionFacts | null;
  paperCode: string | null;
  log: { size: number; head: string } | null;
  checkpoints: number;
  /** What was received and lies beside the record. */
  aside: { late: number; lateAnswers: number; forked: number; forkedAnswers: number };
  /** Digests of the evidence that the record names and the service does not have. */
  missingEvidence: string[];
  records: LogRecord[];
}

export interface ControlReport {
  control: Control;
  holding: Holding;
}
export type Observation =
  | { what: "clockJumped"; ms: number }
  | { what: "environmentScrubbed"; names: string[] }
  | { what: "suspended"; ms: number }
  /** What a probe sees now; empty = nothing any more. */
  | { what: "probed"; probe: Probe; sees: string[] }
  /** It cannot look, so its silence says nothing. */
  | { what: "blind"; probe: Probe; why: string }
  | { what: "looked"; monitor: string | null; sight: Sight }
  /** The check before the start; `checks` are those that were not fine, as `clock-behind`. */
  | { what: "surveyed"; desktop: string; checks: string[] }
  | { what: "pageFailed" | "guardLost" };

/** A picture of one monitor. */
export interface Picture {
  monitor: string;
  occasion: "interval" | "trigger";
  /** Looks with nothing new since the picture before. */
  unchanged: number;
  /** How many times as long as the rules say it is between two looks from here on. */
  stretch: number;
}
/** Whether pictures can be taken of a monitor. */
export type Sight = { state: "clear" | "blank" | "no-room" } | { state: "failed"; why: string };

/** The facts of each kind of record, after crates/core/src/sitting/event.rs. */
export interface Facts {
  admitted: { lease: string; client: { name: string; version: string } };
  moved: { lease: string; client: { name: string; version: string } };
  acknowledged: { notice: string };
  checked: { level: Level; controls: ControlReport[] };
  withdrawn: { why: Withdrawal };
  began: { items: string[]; budgetMs: number | null; server: Wall | null; start: string | null };
  visited: { screen: Screen };
  flagged: { item: string; flagged: boolean };
  responded: { item: string; revision: number; commitment: string; answered: boolean };
  heartbeat: { checkpoint: string | null };
  resumed: { gapMs: number; givenBackMs: number; server: Wall | null };
  held: { reason: "control-lost" | "seen" | "reboot-gap" };
  released: object;
  paused: object;
  continued: object;
  left: object;
  returnAllowed: object;
  returned: object;
  granted: { ms: number };
  observed: { observation: Observation };
  captured: { sha256: string; size: number; picture: Picture };
  closed: { cause: Closing };
}
export type Kind = keyof Facts;

interface Place {
  seq: number;
  at: Wall;
  elapsed: number;
  boot: number;
  by: string;
}
/** One verified record. A log written by a newer program may hold kinds that are not listed here. */
export type LogRecord = { [K in Kind]: Place & { kind: K; args: Facts[K] } }[Kind];

/** Why a question to the service has no answer. */
export class Trouble extends Error {
  constructor(
    /** The service's stable code; `unreachable` when it did not answer at all. */
    readonly code: string,
    /** Seconds to wait, where the service names them. */
    readonly waitSeconds = 0,
  ) {
    super(code);
  }
}

/** What was in a hand-in file, and what became of it. */
export interface Taken {
  sitting: string;
  records: number;
  evidence: number;
  /** Another computer has the sitting by now; what the file adds is kept beside the record. */
  late: boolean;
  /** The sitting in the file is closed and all of it is there. */
  receipt: boolean;
}

/** The longest wait for an answer, and for one to a file. */
const PATIENCE_MS = 15_000;
const FILE_PATIENCE_MS = 10 * 60_000;
/** The largest hand-in file, as HAND_IN_BYTES_MAX in crates/core/src/exchange.rs. */
export const HAND_IN_MEGABYTES_MAX = 256;

async function ask(path: string, init: RequestInit = {}, patienceMs = PATIENCE_MS): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api/console/${path}`, { ...init, signal: AbortSignal.timeout(patienceMs) });
  } catch {
    throw new Trouble("unreachable");
  }
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { code?: string };
  const wait = Number(response.headers.get("retry-after") ?? 0);
  throw new Trouble(problem.code ?? "unreachable", wait);
}

async function json<T>(path: string, init?: RequestInit, patienceMs?: number): Promise<T> {
  try {
    return (await (await ask(path, init, patienceMs)).json()) as T;
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble("unreachable");
  }
}

export const me = (): Promise<Me> => json("me");
export const sittings = (): Promise<Sittings> => json("sittings");
/** Reads one sitting in full. The service notes who read it. */
export const sitting = (id: string): Promise<Detail> => json(`sittings/${encodeURIComponent(id)}`);

/** Opens a picture of the screen, as the address of an image. The service notes who saw it. */
export async function picture(id: string, sha256: string): Promise<string> {
  const jpeg = await (await ask(`sittings/${encodeURIComponent(id)}/pictures/${sha256}`)).blob();
  const reader = new FileReader();
  return new Promise((done, failed) => {
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(new Trouble("unreachable"));
    reader.readAsDataURL(jpeg);
  });
}

/** Gives a link under which another computer takes a sitting over. The service notes who asked. */
export const move = (id: string): Promise<{ link: string }> =>
  json(`sittings/${encodeURIComponent(id)}/move`, { method: "POST" });

/** Takes in a hand-in file. The service notes who brought it. */
export async function handIn(file: Blob): Promise<Taken> {
  // The service ends the connection of one that is too large, which a browser cannot tell from a lost network.
  if (HAND_IN_MEGABYTES_MAX * 1024 * 1024 < file.size) throw new Trouble("body-too-large");
  const headers = { "content-type": "application/octet-stream" };
  return json("hand-in", { method: "POST", headers, body: file }, FILE_PATIENCE_MS);
}

export async function login(name: string, password: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  await ask("login", { method: "POST", headers, body: JSON.stringify({ name, password }) });
}

export async function logout(): Promise<void> {
  await ask("logout", { method: "POST" });
}
