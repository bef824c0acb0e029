// Looks at every state of the console with invented answers, on the built page under the policy the service sends:
// the states that the walk on real sittings does not reach, in every theme and size, and in the pseudo language.
//
// ONLY=name,name walks those screens alone.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ALL, COLOURS, asked, conclude, launch, lookAround, openPage } from "../browser.mjs";
import { OPEN, detail, many } from "./invented.mjs";

const FOLDER = fileURLToPath(new URL("../../dist/console/", import.meta.url));
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const KINDS = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** The page and the API; `answers` says what the API says now. */
async function serve(answers) {
  const problem = (response, status, code, headers = {}) => {
    response.writeHead(status, { "content-type": "application/problem+json", ...headers });
    response.end(JSON.stringify({ code, status }));
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname.startsWith("/console/")) {
      const name = pathname.slice("/console/".length) || "index.html";
      const bytes = await readFile(join(FOLDER, name)).catch(() => null);
      if (!bytes) return problem(response, 404, "not-found");
      response.writeHead(200, { "content-type": KINDS[extname(name)] ?? "", "content-security-policy": POLICY });
      return response.end(bytes);
    }
    const asked = pathname.slice("/api/console/".length);
    const answer = answers.now(asked);
    if (answer === "gone") return request.socket.destroy();
    if (answer?.status) return problem(response, answer.status, answer.code, answer.headers);
    if (Buffer.isBuffer(answer)) {
      response.writeHead(200, { "content-type": "image/jpeg" });
      return response.end(answer);
    }
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/console/`, close: () => server.close() };
}

const PICTURE = await readFile(new URL("../fake/picture.ts", import.meta.url), "utf8");
const JPEG = Buffer.from(/"([A-Za-z0-9+/=]{40,})"/.exec(PICTURE)[1], "base64");
const REFUSED = { status: 401, code: "login-needed" };
const api =
  (change = {}) =>
  (asked) => {
    const parts = { me: { name: "ines", role: "proctor" }, sittings: many(), ...change };
    const found = asked.endsWith("/move") ? parts.move : (parts[asked] ?? parts["sittings/"]);
    return typeof found === "function" ? found(asked) : found;
  };
const refreshed = (page) => page.waitForTimeout(5_600);
const opened = (name) => {
  const { one, records, aside } = OPEN[name];
  return {
    name: `sitting-${name}`,
    hash: `#/sittings/${one.id}`,
    answers: api({
      sittings: { time: many().time, sittings: [{ ...one, logSize: records.length }] },
      "sittings/": detail(one, records, aside),
    }),
    ready: ".log",
  };
};

const FILE = { name: "invigil-sit-0004k9x2m4.invsub", mimeType: "application/octet-stream", buffer: Buffer.alloc(64) };
const TAKEN = { sitting: OPEN.fork.one.id, records: 212, evidence: 40, late: false, receipt: true };
/** Opens the dialog by keyboard, hands over a file and waits for what is said. */
const handedIn = (name, answer) => ({
  name,
  answers: api({ "hand-in": answer }),
  ready: "tbody tr",
  steps: async (page) => {
    await page.locator(".hand-in > button").press("Enter");
    await page.locator("dialog[open] input").setInputFiles(FILE);
    await page.locator("dialog[open]").locator(".trouble, a").first().waitFor();
  },
});
const moving = (name, answer, change = {}) => ({
  ...opened("eventful"),
  name,
  answers: (asked) => (asked.endsWith("/move") ? answer : opened("eventful").answers(asked)),
  steps: async (page) => {
    await page.locator("button.move").press("Enter");
    if (!answer) return;
    await page.locator("dialog[open] button.main").press("Enter");
    await page.locator("dialog[open]").locator(".trouble, input").first().waitFor();
    if (change.copied) await page.locator("dialog[open] .line button").press("Enter");
  },
});

/** Unfolds the record and opens its first picture. */
const picturing = (name, answer) => ({
  ...opened("eventful"),
  name,
  answers: (asked) => (asked.includes("/pictures/") ? answer : opened("eventful").answers(asked)),
  steps: async (page) => {
    await page.locator(".log .top input").first().check();
    await page.locator(".log button.show").first().press("Enter");
    const shown = page.locator(".log img, .log [role=alert]").first();
    await shown.waitFor();
    await shown.scrollIntoViewIfNeeded();
    if (answer.status) return;
    const width = await shown.evaluate((image) => image.decode().then(() => image.naturalWidth));
    if (width !== 120) page.faults.push(`the picture is ${width} px wide`);
  },
});

const SCREENS = [
  {
    name: "sign-in-wait",
    answers: (asked) =>
      asked === "login" ? { status: 429, code: "too-many-attempts", headers: { "retry-after": "6" } } : REFUSED,
    ready: "#name",
    steps: async (page) => {
      await page.fill("#name", "ines");
      await page.fill("#password", "x");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#sign-in-trouble p");
    },
  },
  { name: "unreachable", answers: () => "gone", ready: "h1" },
  { name: "list", answers: api(), ready: "tbody tr" },
  { name: "list-empty", answers: api({ sittings: { time: many().time, sittings: [] } }), ready: ".empty" },
  {
    name: "list-look",
    answers: api(),
    ready: "tbody tr",
    steps: (page) => page.check('input[value="look"]', { force: true }),
  },
  {
    name: "list-moved",
    answers: api(),
    ready: "tbody tr",
    steps: async (page, answers) => {
      const before = await page.locator("tbody tr").evaluateAll((all) => all.map((row) => row.dataset.id));
      answers.now = api({ sittings: many(true) });
      await refreshed(page);
      const after = await page.locator("tbody tr").evaluateAll((all) => all.map((row) => row.dataset.id));
      if (after.slice(0, before.length).join() !== before.join()) page.faults.push("a refresh moved the sittings");
      if (after.length !== before.length + 1) page.faults.push("the new sitting did not join at the end");
      if ((await page.locator(".again button").count()) !== 1) page.faults.push("sorting again is not offered");
    },
  },
  {
    name: "list-stopped",
    answers: api(),
    ready: "tbody tr",
    steps: async (page, answers) => {
      answers.now = () => "gone";
      await page.waitForSelector(".stopped", { timeout: 8_000 });
    },
  },
  {
    name: "login-ended",
    answers: api(),
    ready: "tbody tr",
    steps: async (page, answers) => {
      answers.now = () => REFUSED;
      await page.waitForSelector("#name", { timeout: 8_000 });
    },
  },
  {
    name: "hand-in",
    answers: api(),
    ready: "tbody tr",
    steps: async (page) => {
      const button = page.locator(".hand-in > button");
      await button.press("Enter");
      await page.waitForSelector("dialog[open]");
      await page.keyboard.press("Escape");
      await page.waitForSelector("dialog[open]", { state: "detached" });
      if (!(await button.evaluate((one) => one === document.activeElement)))
        page.faults.push("the focus does not return to the button");
      await page.keyboard.press("Enter");
      await page.waitForSelector("dialog[open]");
    },
  },
  handedIn("hand-in-receipt", TAKEN),
  handedIn("hand-in-open", { ...TAKEN, receipt: false, evidence: 0, records: 1 }),
  handedIn("hand-in-late", { ...TAKEN, sitting: "sit-elsewhere", receipt: false, late: true }),
  handedIn("hand-in-refused", { status: 422, code: "hand-in-refused" }),
  handedIn("hand-in-fork", { status: 409, code: "log-fork" }),
  {
    name: "hand-in-dropped",
    answers: api({ "hand-in": TAKEN }),
    ready: "tbody tr",
    steps: async (page) => {
      await page.locator(".hand-in > button").click();
      await page.waitForSelector("dialog[open]");
      await page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["…"], "exam.invsub"));
        const drop = document.querySelector(".drop");
        for (const kind of ["dragover", "drop"])
          drop.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
      });
      await page.waitForSelector("dialog[open] a");
    },
  },
  picturing("picture", JPEG),
  picturing("picture-deleted", { status: 410, code: "evidence-deleted" }),
  moving("move", null),
  moving("move-link", { link: "invigil://exams.example.org/7K2M9-QXB44" }, { copied: true }),
  moving("move-stays", { status: 409, code: "seat-stays" }),
  ...Object.keys(OPEN).map(opened),
  {
    ...opened("eventful"),
    name: "sitting-unfolded",
    steps: async (page) => {
      for (const box of await page.locator(".log label input").all()) await box.check();
      await page.locator("nav.card button").nth(3).click();
    },
  },
  { ...opened("eventful"), name: "sitting-facts", steps: (page) => page.click("details summary") },
  { ...opened("eventful"), name: "sitting-readiness", steps: (page) => page.click("details.readiness summary") },
  {
    ...opened("eventful"),
    name: "sitting-newer",
    answers: api({
      sittings: { time: many().time, sittings: [{ ...OPEN.eventful.one, logSize: 500 }] },
      "sittings/": detail(OPEN.eventful.one),
    }),
    steps: (page) => page.locator(".log .end").scrollIntoViewIfNeeded(),
  },
  {
    name: "sitting-unknown",
    hash: "#/sittings/sit-nobody",
    ready: "button.main",
    answers: api({ "sittings/": { status: 404, code: "sitting-unknown" } }),
  },
];
const WIDE = { width: 1280, height: 800 };
// What a browser at 200 % makes of a window 1024 wide.
const NARROW = { width: 512, height: 384 };
const LOOKS = [
  { name: "light-1280", viewport: WIDE, theme: "light", asked: ALL },
  { name: "dark-1280", viewport: WIDE, theme: "dark", asked: COLOURS },
  { name: "contrast-1280", viewport: WIDE, theme: "contrast", asked: COLOURS },
  { name: "light-1024", viewport: { width: 1024, height: 768 }, theme: "light" },
  { name: "light-1280-200", viewport: { width: 640, height: 400 }, theme: "light" },
  { name: "light-1024-200", viewport: NARROW, theme: "light", asked: ALL },
  { name: "dark-1024-200", viewport: NARROW, theme: "dark", asked: COLOURS },
];
const PSEUDO = [{ name: "pseudo-1280", viewport: WIDE, theme: "light", lang: "pseudo" }];

const faults = [];
const queue = SCREENS.filter(({ name }) => asked(name)).flatMap((screen) => [
  { screen, looks: LOOKS },
  { screen, looks: PSEUDO, lang: "pseudo" },
]);
const count = queue.length / 2;

async function work(browser) {
  const answers = { now: () => REFUSED };
  const stage = await serve(answers);
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { screen, looks, lang } = next;
    const page = await openPage(browser, { viewport: WIDE });
    try {
      answers.now = screen.answers;
      await page.goto(`${stage.url}${lang ? `?lang=${lang}` : ""}${screen.hash ?? ""}`);
      await page.waitForSelector(screen.ready);
      await screen.steps?.(page, answers);
      faults.push(...(await lookAround(page, screen.name, looks)));
    } catch (error) {
      faults.push(`${screen.name} ${lang ?? ""}: ${String(error).split("\n")[0]}`);
    }
    await page.context().close();
  }
  stage.close();
}

const browser = await launch();
await Promise.all([work(browser), work(browser)]);
await browser.close();
conclude(`The console's ${count} screens in ${LOOKS.length + 1} looks`, faults);
