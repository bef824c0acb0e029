// Every screen in every state: the scenario of the fake runtime, and the steps that lead to what is to be seen.

export const SCREENS = [
  { name: "home", scenario: "home" },
  { name: "home-empty", scenario: "empty" },
  { name: "home-states", scenario: "states" },
  { name: "home-locked", scenario: "locked" },
  { name: "home-nowhere", scenario: "nowhere" },
  { name: "home-store-silent", scenario: "store-silent" },
  { name: "home-unreadable", scenario: "unreadable" },
  { name: "home-locked-code", scenario: "locked", steps: [byCode("7K2M9-QXB45")] },
  { name: "home-key-missing", scenario: "key-missing" },
  { name: "home-file", scenario: "states", steps: [saveFile()] },
  { name: "home-problem", scenario: "empty", steps: [lookUp("https://example.org/not-a-link")] },
  { name: "fatal", scenario: "fatal" },
  { name: "appearance", scenario: "home", steps: [(page) => page.locator("details > summary").first().click()] },
  { name: "help", scenario: "home", steps: [(page) => page.keyboard.press("F1")] },
  { name: "offer-new", scenario: "home", steps: [lookUp("invigil://exams.meshery.example/K7QM2")] },
  { name: "offer-known", scenario: "empty", steps: [lookUp("invigil://exams.meshery.example/K7QM2")] },
  { name: "notice", scenario: "notice" },
  { name: "notice-decline", scenario: "notice", steps: [(page) => page.locator("main button").nth(1).click()] },
  { name: "readiness", scenario: "readiness" },
  { name: "readiness-missing", scenario: "readiness-missing" },
  { name: "readiness-code", scenario: "readiness-code" },
  { name: "readiness-seen", scenario: "readiness-seen" },
  { name: "trial", scenario: "trial", steps: [toTrial()] },
  { name: "trial-question", scenario: "trial-gnome", steps: [toTrial()] },
  { name: "trial-running", scenario: "trial-gnome-running", steps: [toTrial(), tryIt()] },
  { name: "trial-aid-running", scenario: "trial-running", steps: [toTrial(), withAid(), tryIt()] },
  { name: "trial-over", scenario: "trial", steps: [toTrial(), withAid(), tryIt(), tried()] },
  { name: "trial-bad", scenario: "trial-bad", steps: [toTrial(), withAid(), tryIt(), tried()] },
  { name: "exam", scenario: "exam" },
  { name: "exam-answered", scenario: "exam-half" },
  { name: "exam-code", scenario: "exam-half", steps: [go(2)] },
  { name: "exam-table", scenario: "exam-half", steps: [go(3)] },
  { name: "exam-text", scenario: "exam-half", steps: [go(4)] },
  { name: "exam-math", scenario: "exam-half", steps: [go(5)] },
  { name: "exam-essay", scenario: "exam-half", steps: [go(6)] },
  { name: "exam-offline", scenario: "exam-offline" },
  { name: "exam-five", scenario: "exam-half", options: { minutes: 4.4 } },
  { name: "exam-one", scenario: "exam-half", options: { minutes: 0.9 } },
  { name: "exam-hours", scenario: "exam-half", options: { minutes: 95 } },
  { name: "exam-folded", scenario: "exam-half", steps: [(page) => page.locator("button.fold").click()] },
  { name: "exam-time-said", scenario: "exam-half", steps: [(page) => page.keyboard.press("Alt+t"), pause(200)] },
  {
    name: "exam-not-saved",
    scenario: "exam",
    options: { fail: 99 },
    steps: [(page) => page.locator(".choice").first().click(), pause(250)],
  },
  { name: "exam-why-time", scenario: "exam-time", steps: [whyTime("header")] },
  { name: "exam-rescue", scenario: "exam-rescue" },
  { name: "exam-rescued", scenario: "exam-rescue", steps: [saveFile()] },
  { name: "exam-rescue-failed", scenario: "exam-rescue", options: { fail: 99 }, steps: [saveFile()] },
  { name: "exam-leave", scenario: "exam-half", steps: [(page) => page.keyboard.press("Alt+l")] },
  {
    name: "exam-appearance",
    scenario: "exam-half",
    steps: [(page) => page.locator("header details > summary").click()],
  },
  { name: "review", scenario: "review" },
  { name: "review-hand-in", scenario: "review", steps: [(page) => page.locator("button.hand-in").click()] },
  { name: "exam-seen", scenario: "exam-seen" },
  { name: "held", scenario: "held" },
  { name: "held-seen", scenario: "seen" },
  { name: "held-seen-many", scenario: "seen-many" },
  { name: "held-seen-over", scenario: "seen-over" },
  {
    name: "held-code-wrong",
    scenario: "seen",
    steps: [
      (page) => page.locator("#resume-code").fill("7K2M9-QXB45"),
      (page) => page.locator("#resume-code").press("Enter"),
      (page) => page.locator("[data-problem=resume-code-wrong]").waitFor(),
    ],
  },
  { name: "reboot-gap", scenario: "reboot-gap" },
  { name: "paused", scenario: "paused" },
  { name: "paused-why-time", scenario: "paused", steps: [whyTime("main")] },
  { name: "moved", scenario: "moved" },
  { name: "away", scenario: "away" },
  { name: "away-wait", scenario: "away-wait" },
  { name: "sending", scenario: "sending" },
  { name: "sending-offline", scenario: "sending-offline" },
  { name: "sending-file", scenario: "sending-offline", steps: [saveFile()] },
  { name: "receipt", scenario: "receipt" },
  { name: "under-review", scenario: "under-review" },
  { name: "passed", scenario: "passed" },
  { name: "failed", scenario: "failed" },
  { name: "refused", scenario: "refused" },
  {
    name: "recorded",
    scenario: "receipt",
    steps: [(page) => page.locator("main > .column > .row button").nth(1).click(), pause(100)],
  },
  {
    name: "recorded-pictures",
    scenario: "receipt",
    steps: [
      (page) => page.locator("main > .column > .row button").nth(1).click(),
      pause(100),
      (page) => page.locator("li[data-kind=captured] button").first().click(),
      (page) => page.locator("li[data-kind=captured] button").first().click(),
      pause(100),
      (page) => page.locator("li[data-kind=captured]").first().scrollIntoViewIfNeeded(),
    ],
  },
  { name: "practice", scenario: "practice" },
  { name: "practice-right", scenario: "practice", steps: [choose(1), check()] },
  { name: "practice-wrong", scenario: "practice", steps: [choose(0), check()] },
  { name: "practice-person", scenario: "practice", steps: [go(6), write("textarea", "It is registered."), check()] },
  {
    name: "rehearse",
    scenario: "practice-offline",
    steps: [(page) => page.locator("header button.rehearse").click()],
  },
  { name: "rehearsal-cut", scenario: "rehearsal-cut" },
  { name: "rehearsal-back", scenario: "rehearsal-back" },
  { name: "rehearsal-lost", scenario: "rehearsal-lost" },
  { name: "rehearsal-sealed", scenario: "rehearsal-sealed" },
  { name: "practice-review", scenario: "practice", steps: [(page) => page.keyboard.press("Alt+r")] },
];

function toTrial() {
  return async (page) => {
    await page.locator("section.stack li .row button").first().click();
    await page.locator("[data-trial=before]").waitFor();
  };
}
function withAid() {
  return (page) => page.locator("[data-trial] fieldset label").nth(1).click();
}
function tryIt() {
  return async (page) => {
    await page.locator("[data-trial] button.main").click();
    await page.locator("[data-trial=before]").waitFor({ state: "detached" });
  };
}
function tried() {
  return (page) => page.locator("[data-trial=over]").waitFor();
}
function lookUp(link) {
  return async (page) => {
    await page.locator("#link").fill(link);
    await page.locator("#link").press("Enter");
  };
}
function go(number) {
  return async (page) => {
    const grid = page.locator(".grid:visible");
    if ((await grid.count()) === 0) await page.locator("details.fold > summary").click();
    await page
      .locator(".grid:visible button")
      .nth(number - 1)
      .click();
    await page.locator("#question", { hasText: String(number) }).waitFor();
  };
}
function choose(index) {
  return (page) => page.locator(".choice").nth(index).click();
}
function check() {
  return async (page) => {
    await page.waitForSelector("[data-saved=saved]");
    await page.locator("article > .row > button").click();
    await page.waitForSelector("#feedback");
  };
}
function write(selector, text) {
  return (page) => page.locator(selector).fill(text);
}
function byCode(code) {
  return async (page) => {
    await page.locator("[data-unreadable] summary").click();
    await page.locator("[data-unreadable] input").fill(code);
    await page.locator("[data-unreadable] input").press("Enter");
    await page.locator("[data-problem=resume-code-wrong]").waitFor();
  };
}
function saveFile() {
  return async (page) => {
    await page.locator(".hand-in-file button").first().click();
    await page.locator(".hand-in-file").locator(".saved, .problem").first().waitFor();
  };
}
function whyTime(where) {
  return async (page) => {
    await page.locator(`${where} button.why`).click();
    await page.locator("dialog[open] [data-part=left]").waitFor();
  };
}
function pause(ms) {
  return (page) => page.waitForTimeout(ms);
}
