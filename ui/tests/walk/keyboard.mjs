// A whole exam without a mouse: from the link to the receipt, with an answer of each kind and a way out and back.

import { arrange } from "./stage.mjs";

/** Whether `condition` becomes true soon. The page's policy forbids the browser driver's own way of waiting. */
async function until(page, condition) {
  for (const end = Date.now() + 3000; Date.now() < end; await page.waitForTimeout(40)) {
    if (await page.evaluate(`Boolean(${condition})`)) return true;
  }
  return false;
}

export async function keyboardWalk(stage, page) {
  const found = [];
  const expect = async (what, condition) => {
    const ok = await until(page, condition);
    if (!ok) found.push(`expected ${what}`);
  };
  const onScreen = (name) => expect(`screen ${name}`, `document.querySelector(".shell").dataset.screen === "${name}"`);
  const keys = async (...names) => {
    for (const name of names) await page.keyboard.press(name);
  };
  /** Presses Tab until the focus is on an element that the selector names. */
  const tabTo = async (selector) => {
    for (let i = 0; i < 80; i += 1) {
      if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) return;
      await page.keyboard.press("Tab");
    }
    found.push(`Tab does not reach ${selector}`);
  };
  const question = (n) =>
    expect(
      `question ${n} with the focus on it`,
      `document.querySelector("#question")?.textContent.includes("${n} ") && document.activeElement.matches("article[aria-labelledby^=question]")`,
    );

  await arrange(stage, page, { scenario: "empty" });
  await tabTo("#link");
  await page.keyboard.type("invigil://exams.meshery.example/K7QM2");
  await keys("Enter");
  await onScreen("offer");
  await tabTo("main button.main");
  await keys("Enter");
  await onScreen("admitted");
  await tabTo("main button.main");
  await keys("Enter");
  await onScreen("checking");
  await page.waitForSelector("[data-ready=true]");
  await tabTo("main button.main");
  await keys("Enter");
  await onScreen("exam");
  await question(1);

  await tabTo(".choice input");
  await keys("Space");
  await expect("an answer saved", `document.querySelector("[data-saved=saved]")`);
  await keys("ArrowDown");
  await expect("the second choice taken", `document.querySelectorAll(".choice input")[1].checked`);
  await keys("Alt+f");
  await expect("a flag", `document.querySelector("button.flag[aria-pressed=true]")`);
  await keys("Alt+n");
  await question(2);
  await keys("Alt+n");
  await question(3);
  await tabTo(".choice input");
  await keys("Space", "Tab", "Tab", "Space", "Alt+n");
  await question(4);
  await tabTo("article input[type=text]");
  await page.keyboard.type("mesheryctl model list");
  await keys("Alt+p");
  await question(3);
  await keys("Alt+n");
  await question(4);
  await expect(
    "the text kept over the navigation",
    `document.querySelector("article input").value === "mesheryctl model list"`,
  );

  await keys("Alt+t");
  await expect("the time said", `/left/.test(document.querySelector(".said").textContent)`);
  await tabTo("header button.why");
  await keys("Enter");
  await expect(
    "the account of the time, adding up to the time left",
    `((of) => of(":not([data-part=left])[data-part]") === of("[data-part=left]"))((rows) =>
      [...document.querySelectorAll("dialog[open] tr" + rows)].reduce((sum, { dataset, cells }) =>
        sum + (cells[1].textContent.includes("−") ? -1 : 1) * dataset.seconds, 0))`,
  );
  await keys("Escape");
  await expect(
    "the account closed and the focus back",
    `!document.querySelector("dialog[open]") && document.activeElement.matches("header button.why")`,
  );
  await keys("F1");
  await expect("the help", `document.querySelector("dialog[open] kbd")`);
  await keys("Escape");
  await expect("the help closed", `!document.querySelector("dialog[open]")`);
  await keys("Control+Equal");
  await expect("a larger size", `document.documentElement.dataset.zoom === "110"`);
  await keys("Control+Digit0");
  await expect("the normal size", `document.documentElement.dataset.zoom === "100"`);

  await tabTo("button.leave");
  await keys("Enter");
  await expect("the question whether to leave", `document.querySelector("dialog[open].covering")`);
  await keys("Escape");
  await keys("Alt+l", "Alt+l");
  await onScreen("away");
  await tabTo("main button.main");
  await keys("Enter");
  await onScreen("exam");

  await keys("Alt+r");
  await onScreen("review");
  await tabTo("button.hand-in");
  await keys("Enter");
  await tabTo("dialog[open] button.main");
  await keys("Enter");
  await onScreen("closed");
  await expect("the receipt", `/4be1a87c/.test(document.querySelector("main").textContent)`);

  await arrange(stage, page, { scenario: "seen" });
  await onScreen("stopped");
  await expect("the focus on why it is stopped", `document.activeElement.matches("main [aria-labelledby=stopped]")`);
  await expect("the code to quote", `document.querySelector("[data-cause=outputs] .code").textContent === "outputs"`);
  await tabTo("#resume-code");
  await page.keyboard.type("WRONG-CODE1");
  await keys("Enter");
  await expect("a wrong code said to be wrong", `document.querySelector("[data-problem=resume-code-wrong]")`);
  await expect("the wrong code ready to be typed over", `document.activeElement.id === "resume-code"`);
  await page.keyboard.type("RESUME");
  await keys("Enter");
  await onScreen("exam");
  return found;
}
