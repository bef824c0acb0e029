// A browser before one of the two pages, and what is asked of every page: nothing in the page's console, axe without
// findings, nothing wider than the window, no text that did not come from the files.
//
// CHROMIUM names another browser than Debian's. SHOTS=folder keeps a picture of everything that is looked at, FULL=1
// also one of the whole page.

import axeCore from "axe-core";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PATIENCE_MS = 20_000;

export async function launch() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    console.error(`There is no browser at ${executablePath}. Install chromium, or name a Chromium by CHROMIUM.`);
    process.exit(2);
  }
  return chromium.launch({ executablePath, args: QUIET });
}

/** A page that collects its faults. Answers with an error are part of some walks and no fault. */
export async function openPage(browser, { viewport, deviceScaleFactor = 1, theme = "light", state } = {}) {
  const context = await browser.newContext({
    viewport,
    deviceScaleFactor,
    colorScheme: theme,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
    storageState: state,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(`the page failed: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !/status of (401|404|409|410|422|429|500)|ERR_|net::/.test(text))
      page.faults.push(text);
  });
  // The shell freezes it too; nothing of ours may depend on changing it.
  await page.addInitScript(() => Object.freeze(Object.prototype));
  return page;
}

/** Everything axe can say, and the part of it that depends on the colours. */
export const ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
export const COLOURS = ["color-contrast"];

/** Axe's findings, one line each. */
export async function axe(page, asked = ALL) {
  if (!(await page.evaluate("Boolean(globalThis.axe)"))) await page.evaluate(axeCore.source);
  const runOnly = { type: asked === COLOURS ? "rule" : "tag", values: asked };
  const violations = await page.evaluate(async (runOnly) => {
    const found = await globalThis.axe.run({ runOnly, resultTypes: ["violations"] });
    const lines = (nodes) => nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(" | ");
    return found.violations.map(({ id, nodes }) => `axe ${id}: ${lines(nodes)}`);
  }, runOnly);
  return violations;
}

/** Whether the page is wider than the window, or something in it lies outside. */
export function overflow(page) {
  return page.evaluate(() => {
    const found = [];
    const width = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth;
    if (wide > width) found.push(`the page is ${wide} px wide in a window of ${width}`);
    const hidden = ".skip, .hidden-text, details:not([open]) > :not(summary)";
    for (const element of document.querySelectorAll("button, input, select, summary, textarea, a, td, th, h1, h2, p")) {
      const box = element.getBoundingClientRect();
      if (box.width <= 1 || getComputedStyle(element).visibility === "hidden" || element.closest(hidden)) continue;
      // What is wide in a question scrolls in itself.
      if (element.closest("table") && element.closest("[data-content]")) continue;
      if (box.right > width + 1 || box.left < -1)
        found.push(
          `${element.tagName} “${element.textContent?.trim().slice(0, 30)}” reaches from ${box.left} to ${box.right}`,
        );
    }
    return found;
  });
}

/** Every visible string that neither came from the texts nor is content; only with the language `pseudo`. */
export function strays(page) {
  return page.evaluate(() => {
    const wrapped = (text) => /^(\s*⟦[^⟦⟧]*⟧\s*)*$/.test(text);
    const content = (element) => element?.closest("[data-content]");
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!node.data.trim() || ["SCRIPT", "STYLE"].includes(parent.tagName)) continue;
      if (!wrapped(node.data) && !content(parent)) found.push(`text "${node.data.trim()}" in ${parent.tagName}`);
    }
    for (const element of document.querySelectorAll("*")) {
      for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description", "aria-valuetext"]) {
        const value = element.getAttribute(name);
        if (value && !wrapped(value) && !content(element)) found.push(`${name}="${value}"`);
      }
    }
    if (!wrapped(document.title)) found.push(`document title "${document.title}"`);
    return found;
  });
}

/** Waits until fonts are there and the page is laid out. */
export async function settled(page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  });
}

export async function shoot(page, folder, name, fullPage = false) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
}

/** Shows the screen that is open in every look, and says what is wrong in which. */
export async function lookAround(page, name, looks) {
  const faults = [];
  for (const look of looks) {
    await page.setViewportSize(look.viewport);
    await page.evaluate(
      ({ theme, zoom }) => Object.assign(document.documentElement.dataset, zoom ? { theme, zoom } : { theme }),
      { theme: look.theme, zoom: look.zoom },
    );
    await settled(page);
    const found = await overflow(page);
    if (look.asked) found.push(...(await axe(page, look.asked)));
    if (look.lang) found.push(...(await strays(page)));
    faults.push(...[...found, ...page.faults.splice(0)].map((fault) => `${name} ${look.name}: ${fault}`));
    if (!process.env.SHOTS) continue;
    await shoot(page, join(process.env.SHOTS, look.name), name);
    if (process.env.FULL) await shoot(page, join(process.env.SHOTS, look.name), `${name}.full`, true);
  }
  return faults;
}

/** Whether ONLY=name,name asks for this screen, or asks for none. */
export function asked(name) {
  return process.env.ONLY?.split(",").includes(name) ?? true;
}

/** Prints the faults and ends with 1 if there are any. */
export function conclude(what, faults) {
  for (const fault of faults) console.error(fault);
  console.log(`${what}: ${faults.length === 0 ? "as it should be" : `${faults.length} faults`}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
