// docs/reasons.md lists every code that a candidate can meet, with its sentence and what to do. `UPDATE=1 npm test`
// writes it anew.

import { readFileSync, writeFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { hasText, t, tAttribute } from "../../src/shared/fluent";
import { ANSWERS, CHECKED, CHECKS, CONTROLS, PROBES, PROBLEMS, REFUSALS, STOPS } from "./codes";

const PAGE = `${process.cwd()}/../docs/reasons.md`;
const UPDATE = "UPDATE=1 npx vitest run tests/unit/reasons.test.ts";

/** A text with its facts by their names, on one line. */
const plain = (text: string | null): string => (text ?? "").replace(/\{\$(\w+)\}/g, "*$1*").replace(/\s+/g, " ");
const says = (key: string): string => plain(t(key));
const part = (key: string, name: string): string => plain(tAttribute(key, name));
const code = (text: string): string => `\`${text}\``;

function table(heads: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  return [line(heads), `|${"---|".repeat(heads.length)}`, ...rows.map(line)].join("\n");
}
const problems = (codes: string[]): string =>
  table(
    ["code", "what it says", "what to do"],
    codes.map((each) => [code(each), says(`problem-${each}`), part(`problem-${each}`, "do")]),
  );

function page(): string {
  const stops = STOPS.map((each) => {
    const key = `stopped-${each}`;
    return hasText(key)
      ? [code(each), `${says(key)}. ${part(key, "why")}`, part(key, "do")]
      : [code(each), `${says("moved-title")}. ${says("moved-what")}`, says("moved-do")];
  });
  const probes = PROBES.map((probe) => {
    const key = `probe-${probe}`;
    return [code(probe), says(key), part(key, "seen"), part(key, "do")];
  });
  const controls = CONTROLS.flatMap((control) =>
    CHECKED.map((state) => {
      const key = `check-${control}-${state}`;
      const todo = part(key, "do");
      const lost = state === "denied" ? part(`lost-${control}`, "do") : "";
      return [code(control), says(`check-${control}`), state, says(key), lost ? `${todo} In the exam: ${lost}` : todo];
    }),
  );
  const checks = [...CHECKS].flatMap(([id, codes]) =>
    codes.map((each) => {
      const key = `check-${id}-${each}`;
      return [code(`${id}-${each}`), says(`check-${id}`), says(key), part(key, "do")];
    }),
  );
  return `# Reasons and codes

Every code that Invigil shows to a candidate, with what it says and what to do. A candidate can quote the code to a
proctor; it stays the same in every language. Words in *italics* stand for a name, a time or a number. A code says what
a machine found, and never that anybody did something wrong.

This page is written from the program's sources and its texts. A test fails when it is out of date, and writes it anew
by \`${UPDATE}\` in the folder \`ui\`. [log.md](formats/log.md) has the same codes
where they are recorded.

## Why an exam is stopped

While an exam is stopped its clock stands and its questions are covered. \`control-lost\` and \`seen\` end by themselves,
at once when the cause is gone, and after some minutes in any case (\`holdUnansweredMs\`, three minutes in every preset).
The proctor's resume code ends every hold.

${table(["code", "what it says", "what to do"], stops)}

## What Invigil looks for

Which of these a sitting looks for, and what follows, stands in its [policy](formats/admission.md#policy) and in the
notice before the start: it is noted, the candidate is told, or the exam stops. What is seen is named, and is for a
person to judge.

${table(["code", "name", "while it is seen", "what to do where it stops the exam"], probes)}

## What Invigil holds

The state of each control in the check before the start, and when it is lost. \`enforced\` needs no words.

${table(["code", "name", "state", "what it says", "what to do"], controls)}

## The check before the start

The check of the exam paper names one of the problems below.

${table(["code", "check", "what it says", "what to do"], checks)}

## What the rules refuse

${problems(REFUSALS)}

## What the candidate's computer tells

\`seen\` is said in the words of its probe, above.

${problems(PROBLEMS)}

## What an issuing service answers

${problems(ANSWERS)}
`;
}

it("is listed in docs/reasons.md, every code a candidate can meet", () => {
  // The facts of a text are left as their names here, which it complains about.
  const complaints = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const now = page();
  complaints.mockRestore();
  if (process.env.UPDATE) writeFileSync(PAGE, now);
  expect(readFileSync(PAGE, "utf8") === now, `docs/reasons.md is out of date. Run ${UPDATE} in ui.`).toBe(true);
});
