// Every text that can be asked for is there: what the source names, and every code that Rust can send.

import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hasText, problemTexts, setTexts, t, tAttribute } from "../../src/shared/fluent";
import { sources } from "../../src/candidate/texts";
import { KEY_LIST } from "../../src/candidate/keys";

const root = `${process.cwd()}/`;
const core = `${root}../crates/core/src/sitting/`;
const files = readdirSync(`${root}src/candidate`, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.(svelte|ts)$/.test(name),
);
const code = files.map((name) => readFileSync(`${root}src/candidate/${name}`, "utf8")).join("\n");

const CODES =
  `link-malformed code-unknown code-used code-expired issuer-key-changed issuer-unreachable issuer-unprotected
issuer-untrusted issuer-not-shown pack-damaged pack-cut-short pack-other-exam pack-too-new pack-too-large pack-wrong-key
pack-missing window-not-open window-closed start-code-wrong resume-code-wrong passphrase-wrong passphrase-too-short
keys-locked keys-needed keys-failed keys-silent key-missing storage-failed disk-full storage-damaged out-of-turn already-running
not-practice seat-moved seat-stays hand-in-refused evidence-missing evidence-too-large no-sitting sitting-unfinished internal guard-lost page-reloaded restarted control-lost`.split(
    /\s+/,
  );

describe("texts", () => {
  it("has every key that the window names", () => {
    const named = [...code.matchAll(/\b(?:t|tAttribute)\(\s*"([a-z0-9-]+)"/gi)].map((match) => match[1] ?? "");
    const chosen = [...code.matchAll(/\bt\([^"()]*\?\s*"([a-z-]+)"\s*:\s*"([a-z-]+)"/g)].flatMap((match) =>
      match.slice(1),
    );
    expect(named.length).toBeGreaterThan(100);
    expect(chosen.length).toBeGreaterThan(20);
    expect(named.filter((key) => !hasText(key))).toEqual([]);
    expect(chosen.filter((key) => !hasText(key))).toEqual([]);
  });

  it("names every refusal, and what to do", () => {
    const refusals = [...readFileSync(`${core}decide.rs`, "utf8").matchAll(/Self::\w+ => "([a-z-]+)"/g)].map(
      (match) => match[1] ?? "",
    );
    expect(refusals.length).toBeGreaterThan(8);
    expect([...refusals, ...CODES].filter((each) => !hasText(`problem-${each}`))).toEqual([]);
    expect(
      [...refusals, ...CODES].filter((each) => each !== "restarted" && !tAttribute(`problem-${each}`, "do")),
    ).toEqual([]);
  });

  it("has a sentence for every event of the log", () => {
    const source = readFileSync(`${core}event.rs`, "utf8");
    const camel = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
    const variants = (name: string) => {
      const body = new RegExp(`enum ${name} \\{([\\s\\S]*?)\\n\\}`).exec(source)?.[1] ?? "";
      return [...body.matchAll(/^ {4}([A-Z]\w+)/gm)].map((match) => camel(match[1] ?? ""));
    };
    expect(variants("Event").length).toBeGreaterThan(15);
    expect(variants("Event").filter((kind) => !hasText(`record-${kind}`))).toEqual([]);
    expect(variants("Observation").filter((what) => !hasText(`record-observed-${what}`))).toEqual([]);
  });

  it("has texts for what is recorded, checked, listed", () => {
    const recorded = "answers times screens flags focus controls clock restarts application".split(" ");
    const checks = "issuer window pack storage keys clock guard keyboard fullscreen close".split(" ");
    expect(
      recorded.filter((key) => ["why", "who", "keep"].some((part) => !tAttribute(`recorded-${key}`, part))),
    ).toEqual([]);
    expect(checks.filter((id) => !hasText(`check-${id}`))).toEqual([]);
    expect(KEY_LIST.filter(({ action }) => !hasText(`key-${action}`))).toEqual([]);
  });

  it("shows an unknown code as it is, and facts in a reader's form", () => {
    expect(problemTexts({ code: "moon-fell", args: {} }).what).toContain("moon-fell");
    expect(problemTexts({ code: "restarted", args: { givenBackSeconds: "0" } }).what).not.toContain("given back");
    expect(problemTexts({ code: "restarted", args: { givenBackSeconds: "90" } }).what).toContain("1:30");
    expect(problemTexts({ code: "window-not-open", args: { opens: "2026-11-23T09:00:00.000Z" } }).what).not.toContain(
      "T09",
    );
  });

  it("wraps every text in the pseudo language", () => {
    setTexts("pseudo", sources);
    expect(t("question", { number: 3, of: 25 })).toMatch(/^⟦.*3.*25⟧$/);
    setTexts("en", sources);
  });
});
