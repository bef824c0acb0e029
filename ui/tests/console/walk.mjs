// Walks the console on a real issuing service with real sittings.
//
// CONSOLE_URL, CONSOLE_NAME, CONSOLE_PASSWORD say where and as whom; CONSOLE_EXPECT how many sittings there are at
// least; CONSOLE_FILE a hand-in file of one that is not handed in; SHOTS names a folder for pictures. Prints a sentence for everything that is not as it should be.

import { axe, conclude, launch, openPage, overflow, settled, shoot } from "../browser.mjs";

const SIZES = [
  { name: "1280", viewport: { width: 1280, height: 800 } },
  { name: "1024", viewport: { width: 1024, height: 768 } },
  // What a browser at 200 % makes of the two.
  { name: "1280-200", viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  { name: "1024-200", viewport: { width: 512, height: 384 }, deviceScaleFactor: 2 },
];

const { CONSOLE_URL, CONSOLE_NAME, CONSOLE_PASSWORD, CONSOLE_EXPECT = "1", CONSOLE_FILE, SHOTS } = process.env;
if (!CONSOLE_URL || !CONSOLE_NAME || !CONSOLE_PASSWORD) {
  console.error("CONSOLE_URL, CONSOLE_NAME and CONSOLE_PASSWORD have to be set.");
  process.exit(2);
}
const home = `${CONSOLE_URL.replace(/\/(console\/?)?$/, "")}/console/`;
const expected = Number(CONSOLE_EXPECT);
const faults = [];
const report = (where, found) => found.forEach((fault) => faults.push(`${where}: ${fault}`));
const demand = (where, holds, sentence) => report(where, holds ? [] : [sentence]);

async function look(page, name, where = name) {
  await settled(page);
  report(where, await overflow(page));
  report(where, await axe(page));
  report(where, page.faults.splice(0));
  await shoot(page, SHOTS, name);
}

/** Waits for `selector`; `sentence` says what it means that it does not appear. */
async function reach(page, selector, sentence) {
  await page.waitForSelector(selector, { timeout: 20_000 }).catch(() => {
    throw new Error(sentence);
  });
}

/** Presses Tab until the focus is on `selector`. */
async function tabTo(page, selector, most = 60) {
  for (let i = 0; i < most; i += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return true;
    await page.keyboard.press("Tab");
  }
  return false;
}

/** Signs in by keyboard alone: first wrongly, then rightly. */
async function signIn(page) {
  await page.goto(home);
  await reach(page, "#name", `there is no sign-in page at ${home}`);
  const response = await page.request.get(home);
  const policy = response.headers()["content-security-policy"] ?? "";
  demand("sign in", /script-src 'self'/.test(policy) && !/unsafe/.test(policy), `the policy is “${policy}”`);
  await look(page, "sign-in");
  demand("sign in", await tabTo(page, "#name"), "the name is not reached by Tab");
  await page.keyboard.type(CONSOLE_NAME);
  await page.keyboard.press("Tab");
  await page.keyboard.type("not the password");
  await page.keyboard.press("Enter");
  const alert = page.locator("#sign-in-trouble p");
  await alert.waitFor();
  demand("sign in", /wrong/.test(await alert.innerText()), "a wrong password is not said to be wrong");
  demand("sign in", (await page.locator("#password:focus").count()) === 1, "the focus does not return to the password");
  await look(page, "sign-in-wrong");
  await page.keyboard.type(CONSOLE_PASSWORD);
  await page.keyboard.press("Enter");
  await reach(page, '[data-screen="list"] tbody tr', "signing in does not lead to a list with sittings");
  demand("sign in", (await page.locator("h1:focus").count()) === 1, "the list's heading does not have the focus");
}

async function checkList(page) {
  const rows = page.locator("tbody tr");
  const count = await rows.count();
  demand("list", expected <= count, `there are ${count} sittings, not ${expected}`);
  for (const row of await rows.all()) {
    const who = (await row.locator("th").innerText()).trim();
    demand("list", who.length > 0, "a sitting has no candidate");
    demand("list", (await row.locator("td .marked").count()) >= 2, `${who} has no state or verdict`);
  }
  const first = (await page.locator("tbody tr th a").first().innerText()).trim();
  await page.fill("#find", first);
  await page.waitForFunction((all) => document.querySelectorAll("tbody tr").length <= all, count);
  demand("list", (await rows.count()) >= 1, "searching for a candidate does not find them");
  await page.fill("#find", "nobody is called like this");
  await page.waitForSelector(".empty");
  await look(page, "list-none");
  await page.click(".empty button");
  demand("list", (await rows.count()) === count, "clearing the filter does not show all again");
  // A refresh neither moves rows nor takes the focus.
  const order = () => page.locator("tbody tr th").allInnerTexts();
  const before = await order();
  await page
    .locator("tbody tr th a")
    .nth(Math.min(1, count - 1))
    .focus();
  await page.waitForResponse((response) => response.url().endsWith("/api/console/sittings"), { timeout: 15_000 });
  await page.waitForTimeout(300);
  demand("list", JSON.stringify(await order()) === JSON.stringify(before), "a refresh moved the sittings");
  demand("list", (await page.locator("tbody a:focus").count()) === 1, "a refresh took the focus away");
  return page.locator("tbody tr").evaluateAll((all) => all.map((row) => row.dataset.id));
}

/** From the list into a sitting and back, by keyboard. */
async function openByKeyboard(page) {
  await page.locator("h1").focus();
  demand("keyboard", await tabTo(page, "tbody a"), "the first sitting is not reached by Tab");
  const name = await page.evaluate(() => document.activeElement?.textContent?.trim());
  await page.keyboard.press("Enter");
  await reach(page, '[data-screen="sitting"] .log', "Enter on a candidate does not open the sitting");
  const heading = (await page.locator("h1").innerText()).trim();
  demand("keyboard", heading === name, `Enter opened “${heading}” instead of “${name}”`);
  demand("keyboard", (await page.locator("h1:focus").count()) === 1, "the sitting's heading does not have the focus");
  await page.goBack();
  await page.waitForSelector('[data-screen="list"] tbody tr');
  const back = await page.evaluate(() => document.activeElement?.textContent?.trim());
  demand("keyboard", back === name, "back on the list, the focus is not on the sitting it was left for");
}

/** Takes in a hand-in file and moves its sitting, by keyboard but for the system's own file dialog. */
async function takeInAndMove(page) {
  await page.locator("h1").focus();
  demand("hand-in", await tabTo(page, ".hand-in > button"), "the action is not reached by Tab");
  await page.keyboard.press("Enter");
  const dialog = page.locator("dialog[open]");
  demand("hand-in", await tabTo(page, "dialog[open] input[type=file]"), "the file's field is not reached by Tab");
  await dialog
    .locator("input")
    .setInputFiles({ name: "a.invsub", mimeType: "text/plain", buffer: Buffer.from("no such file") });
  await reach(page, "dialog[open] .trouble", "a wrong file is not refused");
  demand("hand-in", /not a hand-in file/.test(await dialog.innerText()), "it is not said that it is another file");
  await look(page, "hand-in-refused");
  await dialog.locator("input").setInputFiles(CONSOLE_FILE);
  await reach(page, "dialog[open] a", "a hand-in file is not taken");
  const words = await dialog.innerText();
  demand("hand-in", /Candidate/.test(words) && /not handed in yet/.test(words), `the outcome is “${words}”`);
  await look(page, "hand-in-taken");
  demand("hand-in", await tabTo(page, "dialog[open] a"), "the way to the sitting is not reached by Tab");
  await page.keyboard.press("Enter");
  await reach(page, '[data-screen="sitting"] .log', "the outcome does not lead to the sitting");

  demand("move", await tabTo(page, "button.move"), "the action is not reached by Tab");
  await page.keyboard.press("Enter");
  await look(page, "move");
  demand("move", await tabTo(page, "dialog[open] button.main"), "the confirmation is not reached by Tab");
  await page.keyboard.press("Enter");
  await reach(page, "dialog[open] input", "there is no link");
  const link = await page.locator("dialog[open] input").inputValue();
  demand("move", /^invigil:\/\/.+\/\w{5}-\w{5}$/.test(link), `the link is “${link}”`);
  await look(page, "move-link");
  await page.keyboard.press("Escape");
  demand("move", (await page.locator("button.move:focus").count()) === 1, "the focus does not return to the action");
  await page.goBack();
  await page.waitForSelector('[data-screen="list"] tbody tr');
}

async function checkSitting(page, id, theme, size) {
  const where = `sitting ${id} ${theme} ${size}`;
  await page.goto(`${home}#/sittings/${encodeURIComponent(id)}`);
  await reach(page, '[data-screen="sitting"] .log', `the sitting ${id} does not open`);
  const verdict = (await page.locator("[data-verdict] h2").innerText()).trim();
  demand(where, verdict.length > 0, "there is no verdict");
  const answer = await page.request.get(`${home.replace("/console/", "/api/console/")}sittings/${id}`);
  const { records, sitting } = await answer.json();
  const rows = await page.locator(".log tbody tr").count();
  if (records.length > 0) demand(where, rows > 0, "the log is empty though there are records");
  else demand(where, (await page.locator(".log .empty").count()) === 1, "an empty log is not said to be empty");
  demand(
    where,
    /Answers are not shown/.test(await page.locator(".log").innerText()),
    "it does not say that answers are not shown",
  );
  const movable = sitting.phase !== "admitted" && sitting.result === null;
  demand(
    where,
    (await page.locator("button.move").count()) === (movable ? 1 : 0),
    "moving is offered where it is refused, or not where it is possible",
  );
  if (sitting.phase === "admitted") demand(where, /No record yet/.test(verdict), `the verdict is “${verdict}”`);
  if (records.length > 0 && size === "1280" && theme === "light") {
    await page.check('.log label:has-text("Unfold") input');
    const words = await page.locator(".log tbody tr .seq").allInnerTexts();
    const single = new Set(words.map((text) => text.trim()).filter((text) => /^#\d+$/.test(text)));
    const shown = (await page.request.get(`${home.replace("/console/", "/api/console/")}sittings/${id}`)).ok();
    demand(where, shown && records.every(({ seq }) => single.has(`#${seq}`)), "unfolded, some record has no row");
    await page.uncheck('.log label:has-text("Unfold") input');
  }
  // The candidate's name, unlike the sitting's, is the same in every run.
  const who = (await page.locator("h1").innerText()).trim().toLowerCase().replaceAll(" ", "-");
  await look(page, `sitting-${theme}-${size}-${who}`, where);
  if (SHOTS && size === "1280") await shoot(page, SHOTS, `full-sitting-${theme}-${who}`, true);
}

const browser = await launch();
try {
  const page = await openPage(browser, SIZES[0]);
  await signIn(page);
  const ids = await checkList(page);
  await openByKeyboard(page);
  if (CONSOLE_FILE) await takeInAndMove(page);
  const state = await page.context().storageState();
  for (const theme of ["light", "dark"]) {
    for (const size of SIZES) {
      const one = await openPage(browser, { ...size, theme, state });
      await one.goto(home);
      await one.waitForSelector("tbody tr");
      const shown = await one.evaluate(() => document.documentElement.dataset.theme);
      demand("list", shown === theme, `the system asks for ${theme} and the page is ${shown}`);
      await look(one, `list-${theme}-${size.name}`);
      // Every sitting once in full size; where only the room differs, the first few.
      const few = size.name === "1280" ? ids : ids.slice(0, 3);
      for (const id of few) await checkSitting(one, id, theme, size.name);
      await one.context().close();
    }
  }
  await page.selectOption("header select", "contrast");
  await look(page, "list-contrast");
  await page.selectOption("header select", "system");
  await page.click('header button:has-text("Sign out")');
  await page.waitForSelector("#name");
  const after = await page.request.get(`${home.replace("/console/", "/api/console/")}me`);
  demand("sign out", after.status() === 401, "after signing out the login is still good");
} catch (error) {
  faults.push(`the walk did not go on: ${(error instanceof Error ? error.message : String(error)).split("\n")[0]}`);
} finally {
  await browser.close();
}
conclude("The console on real sittings", faults);
