// Every code that the programs can show or write, read from their sources: the one list that texts are held against.

import { readFileSync, readdirSync } from "node:fs";

const ROOT = `${process.cwd()}/../`;
const CORE = "crates/core/src/";

/** A source without its tests. */
function source(path: string): string {
  return readFileSync(ROOT + path, "utf8").split("#[cfg(test)]")[0] ?? "";
}
function sources(folder: string): string {
  const names = readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".rs"),
  );
  return names.map((name) => source(`${folder}/${name}`)).join("\n");
}
function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? "");
}
const unique = (codes: string[]): string[] => [...new Set(codes)].toSorted();

/** The variants of an enum, in its order. */
function variants(path: string, name: string): string[] {
  const body = new RegExp(`pub enum ${name} \\{([\\s\\S]*?)\\n\\}`).exec(source(path))?.[1] ?? "";
  return found(body, /^ {4}([A-Z]\w*)/gm);
}
const kebab = (name: string): string => name.replace(/(?<!^)([A-Z])/g, "-$1").toLowerCase();
const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export const CONTROLS = variants(`${CORE}policy.rs`, "Control").map(kebab);
export const PROBES = variants(`${CORE}policy.rs`, "Probe").map(kebab);
export const REACTIONS = variants(`${CORE}policy.rs`, "Reaction").map(kebab);
export const HOLDINGS = variants(`${CORE}policy.rs`, "Holding").map(kebab);
export const HOLDS = variants(`${CORE}sitting/event.rs`, "HoldReason").map(kebab);
export const EVENTS = variants(`${CORE}sitting/event.rs`, "Event").map(camel);
export const OBSERVATIONS = variants(`${CORE}sitting/event.rs`, "Observation").map(camel);
export const WITHDRAWALS = variants(`${CORE}sitting/event.rs`, "Withdrawal").map(kebab);
export const CLOSINGS = variants(`${CORE}sitting/event.rs`, "Closing").map(kebab);

const SHOW = source("crates/client/src/show.rs");
/** What is recorded in every sitting. */
export const RECORDED = found(/const ALWAYS_RECORDED[^=]*=([\s\S]*?);/.exec(SHOW)?.[1] ?? "", /"([a-z]+)"/g);
/** Why the page shows that an exam is stopped. */
export const STOPS = unique(found(/fn stopped\(([\s\S]*?)\n\}/.exec(SHOW)?.[1] ?? "", /"([a-z-]+)"/g));

/** What the rules of a sitting refuse. */
export const REFUSALS = unique(found(source(`${CORE}sitting/decide.rs`), /Self::\w+ => "([a-z-]+)"/g));

/** What is wrong with a pack, as the client tells it. */
function packCodes(): string[] {
  const told = /fn pack_problem\(([\s\S]*?)\n\}/.exec(source("crates/client/src/engine/exam.rs"))?.[1] ?? "";
  const renamed = new Map([...told.matchAll(/"([a-z-]+)" => "([a-z-]+)"/g)].map(([, from, to]) => [from, to]));
  const codes = found(source("crates/content/src/pack/open.rs"), /=> "([a-z-]+)"/g);
  return codes.map((code) => renamed.get(code) ?? code);
}
/** What the candidate's own computer finds wrong, or tells. */
export const PROBLEMS = unique([
  ...found(sources("crates/client/src") + sources("src-tauri/src"), /(?:Problem|Self)::new\(\s*"([a-z-]+)"/g),
  ...packCodes(),
]).filter((code) => !REFUSALS.includes(code));

/** What an issuing service answers. */
export const ANSWERS = unique(found(source("crates/issuer/src/fault.rs"), /\([45]\d\d,\s*"([a-z-]+)"/g)).filter(
  (code) => !PROBLEMS.includes(code),
);

const READINESS = source("crates/client/src/checks.rs");
/** The checks before the start besides controls and probes, each with the codes it may have. */
export const CHECKS = new Map(
  unique(found(READINESS, /\b(?:fine|note|missing)\("([a-z]+)"/g)).map((id) => {
    const codes = found(READINESS, new RegExp(`\\b(?:note|missing)\\("${id}", "([a-z-]+)"\\)`, "g"));
    // The calendar's code is chosen a line before it is used.
    const chosen = [.../let code = if [^{]*\{ "([a-z]+)" \} else \{ "([a-z]+)" \}/.exec(READINESS)!].slice(1);
    return [id, unique(id === "clock" ? [...codes, ...chosen] : codes)];
  }),
);
/** The states of a control that a check tells about. */
export const CHECKED = ["requested", "denied", "unsupported"];
