// A browser before the console, and what is asked of every page: nothing in the page's console, axe without findings,
// nothing wider than the window.

import AxeBuilder from "@axe-core/playwright";
import { mkdirSync } from "node:fs";
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
export const SIZES = [
  { name: "1280", viewport: { width: 1280, height: 800 } },
  { name: "1024", viewport: { width: 1024, height: 768 } },
  // What a browser at 200 % makes of the two.
  { name: "1280-200", viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  { name: "1024-200", viewport: { width: 512, height: 384 }, deviceScaleFactor: 2 },
];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: QUIET });
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
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(`the page failed: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !/status of (401|404|429|500)|ERR_|net::/.test(text)) page.faults.push(text);
  });
  return page;
}

/** Axe's findings, one line each. */
export async function axe(page) {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  return violations.map(
    ({ id, nodes }) =>
      `axe ${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(" | ")}`,
  );
}

/** Whether the page is wider than the window, or something in it lies outside. */
export function overflow(page) {
  return page.evaluate(() => {
    const found = [];
    const width = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth;
    if (wide > width) found.push(`the page is ${wide} px wide in a window of ${width}`);
    for (const element of document.querySelectorAll("button, input, select, a, td, th, h1, h2, p")) {
      const box = element.getBoundingClientRect();
      if (box.width <= 1 || element.closest(".skip") || element.closest(".hidden-text")) continue;
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
      for (const name of ["aria-label", "title", "placeholder", "alt"]) {
        const value = element.getAttribute(name);
        if (value && !wrapped(value) && !content(element)) found.push(`${name}="${value}"`);
      }
    }
    return found;
  });
}

/** Waits until fonts are there, so that pictures are of what people see. */
export async function settled(page) {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(80);
}

export async function shoot(page, folder, name, fullPage = false) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
}
