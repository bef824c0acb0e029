import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Answers } from "../../src/candidate/answers.svelte";
import type { Act, Value } from "../../src/shared/contract";

const text = (string: string): Value => ({ base: { string } });

describe("answers on their way", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A runtime that takes `ms` for each answer and fails the first `failing`. */
  function stage(ms: number, failing = 0, code = "storage-failed") {
    const sent: string[] = [];
    let flying = 0;
    let most = 0;
    const answers = new Answers(
      async (act: Act) => {
        if (act.act !== "respond") return;
        most = Math.max(most, ++flying);
        await new Promise((resolve) => setTimeout(resolve, ms));
        flying -= 1;
        if (failing-- > 0) throw { code, args: {} };
        sent.push(`${act.item}=${JSON.stringify(act.value)}`);
      },
      () => Date.now(),
    );
    return { answers, sent, most: () => most };
  }

  it("says saved only after the runtime did", async () => {
    const { answers, sent } = stage(100);
    answers.choose("a", text("1"));
    await vi.advanceTimersByTimeAsync(99);
    expect(answers.unsaved("a")).toEqual({ is: "saving" });
    await vi.advanceTimersByTimeAsync(1);
    expect(answers.unsaved("a")).toBeNull();
    expect(sent).toHaveLength(1);
  });

  it("never has two answers on their way, and loses none over a quick walk", async () => {
    const { answers, sent, most } = stage(300);
    for (const item of ["a", "b", "c"]) answers.type(item, text(item));
    const done = answers.flush();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await done).toBe(true);
    expect(sent.map((entry) => entry[0])).toEqual(["a", "b", "c"]);
    expect(most()).toBe(1);
  });

  it("sends about once a second while somebody types for five minutes without a pause", async () => {
    const { answers, sent } = stage(5);
    for (let letters = 1; letters <= 3000; letters += 1) {
      answers.type("a", text(String(letters)));
      await vi.advanceTimersByTimeAsync(100);
      // What is durable is never more than a second behind: ten letters, and the one on its way.
      const durable = Number(/\d+/.exec(sent.at(-1) ?? "0")?.[0]);
      expect(letters - durable).toBeLessThanOrEqual(11);
    }
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent.at(-1)).toBe(`a=${JSON.stringify(text("3000"))}`);
    expect(sent.length).toBeGreaterThanOrEqual(270);
    expect(sent.length).toBeLessThanOrEqual(301);
  });

  it("shows a failure, keeps the value and gets it through by itself", async () => {
    const { answers, sent } = stage(10, 2);
    answers.choose("a", text("1"));
    expect(await Promise.race([answers.flush(), vi.advanceTimersByTimeAsync(10).then(() => null)])).not.toBe(true);
    expect(answers.unsaved("a")).toMatchObject({ is: "failed", problem: { code: "storage-failed" } });
    expect(answers.value("a", null)).toEqual(text("1"));
    await vi.advanceTimersByTimeAsync(3000);
    expect(answers.unsaved("a")).toBeNull();
    expect(sent).toHaveLength(1);
  });

  it("does not repeat what can never be taken", async () => {
    const { answers, sent } = stage(10, 1, "answer-too-long");
    answers.choose("a", text("much too long"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toHaveLength(0);
    answers.choose("a", text("short"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toHaveLength(1);
  });

  it("leaves nothing behind of an answer that the end of the exam overtook", async () => {
    const { answers, sent } = stage(10, 1, "exam-over");
    answers.choose("a", text("1"));
    // The view that says so comes first and clears everything; the refusal follows.
    answers.clear();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([sent.length, answers.trouble, answers.unsaved("a")]).toEqual([0, null, null]);
  });
});
