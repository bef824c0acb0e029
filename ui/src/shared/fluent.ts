// Every text of the window by its key, from the Fluent files the window hands in.
//
// The pseudo language wraps each text in ⟦…⟧ and stretches it, so that a test can see any text that did not come from
// here, and a person can see what a longer language does to a screen.

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import type { Problem } from "./contract";
import { clockFace, dayAndTime } from "./format";

export type TextArgs = Record<string, FluentVariable>;

let bundle = new FluentBundle("en");
let pseudo = false;

const ACCENTED: Record<string, string> = {
  a: "á",
  e: "ë",
  i: "ï",
  o: "ö",
  u: "ü",
  A: "Å",
  E: "É",
  O: "Ø",
  n: "ñ",
  c: "ç",
};

function accented(text: string): string {
  return text.replace(/[aeiouAEOnc]/g, (letter) => ACCENTED[letter] ?? letter);
}

/** Takes the texts in `sources` as those of the window. */
export function setTexts(language: string, sources: string[]): void {
  pseudo = language === "pseudo";
  bundle = new FluentBundle("en", { useIsolating: false, ...(pseudo ? { transform: accented } : {}) });
  for (const source of sources) bundle.addResource(new FluentResource(source));
}

function format(key: string, pattern: Parameters<FluentBundle["formatPattern"]>[0], args?: TextArgs): string {
  const errors: Error[] = [];
  const text = bundle.formatPattern(pattern, args, errors);
  for (const error of errors) console.error(`text ${key}: ${error.message}`);
  return pseudo ? `⟦${text}⟧` : text;
}

/** Whether there is a text of this key. */
export function hasText(key: string): boolean {
  return bundle.hasMessage(key);
}

/** The text of a key; the key itself where there is none, so that a test finds it. */
export function t(key: string, args?: TextArgs): string {
  const pattern = bundle.getMessage(key)?.value;
  return pattern ? format(key, pattern, args) : key;
}

/** The text of a key's attribute, or nothing. */
export function tAttribute(key: string, attribute: string, args?: TextArgs): string | null {
  const pattern = bundle.getMessage(key)?.attributes[attribute];
  return pattern ? format(`${key}.${attribute}`, pattern, args) : null;
}

/** What happened, and what to do about it. An unknown code is shown as it is. */
export function problemTexts(problem: Problem): { what: string; todo: string | null } {
  if (problem.code === "seen") {
    const args = textArgs(problem.args);
    const noted = tAttribute(`probe-${problem.args.probe}`, "noted", args);
    return { what: noted ?? t("problem-seen", args), todo: tAttribute("problem-seen", "do") };
  }
  const known = hasText(`problem-${problem.code}`);
  const key = known ? `problem-${problem.code}` : "unknown-problem";
  const args = known ? textArgs(problem.args) : { code: problem.code };
  return { what: t(key, args), todo: tAttribute(key, "do", args) };
}

/** Facts as the runtime writes them, made ready for a text: numbers for the plural rules, times in the reader's zone. */
export function textArgs(args: Record<string, string>): TextArgs {
  const ready: TextArgs = {};
  for (const [name, value] of Object.entries(args)) {
    ready[name] = value;
    if (/^-?\d{1,12}$/.test(value)) ready[name] = Number(value);
    if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) ready[name] = dayAndTime(value);
    if (name.endsWith("Seconds")) ready[name.replace("Seconds", "Clock")] = clockFace(Number(value) * 1000);
  }
  return ready;
}
