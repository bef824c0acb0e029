// A browser on the fake runtime: how a screen is reached, and what is asked of each of them.

import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { build, createServer, preview } from "vite";

const CONFIG = { mode: "web", configFile: "vite.config.ts", logLevel: "error" };

/** `built`: the page as it ships, under the shell's content security policy; else from source. */
export async function openStage({ built = false } = {}) {
  if (built) await build(CONFIG);
  const server = built
    ? await preview({ ...CONFIG, preview: { port: 0 } })
    : await (await createServer({ ...CONFIG, server: { port: 0 } })).listen();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  const { port } = server.httpServer.address();
  const url = `http://localhost:${port}/`;
  return {
    url,
    browser,
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

export async function openPage(stage, size) {
  const context = await stage.browser.newContext({
    viewport: size,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/422|500|404/.test(message.text())) page.faults.push(message.text());
  });
  // The shell freezes it too; nothing of ours may depend on changing it.
  await page.addInitScript(() => Object.freeze(Object.prototype));
  return page;
}

export async function arrange(stage, page, screen, { theme = "light", zoom = 100, lang = "" } = {}) {
  await page.request.post(`${stage.url}fake/scenario`, {
    data: { scenario: screen.scenario, theme, zoom, ...screen.options },
    maxRetries: 3,
  });
  await page.goto(stage.url + (lang ? `?lang=${lang}` : ""));
  await page.waitForSelector("h1");
  await page.locator(".loading").waitFor({ state: "detached" });
  for (const step of screen.steps ?? []) await step(page);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(60);
}

/** Axe's findings, one line each. */
export async function axe(page) {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  return violations.map(
    ({ id, nodes }) =>
      `axe ${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary?.split("\n")[1] ?? ""}`).join(" | ")}`,
  );
}

/** Whether anything is wider than the window, or a control lies outside it. */
export function overflow(page) {
  return page.evaluate(() => {
    const found = [];
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width)
      found.push(`page is ${document.documentElement.scrollWidth} wide of ${width}`);
    for (const element of document.querySelectorAll("button, input, summary, textarea, a")) {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      if (
        box.width <= 1 ||
        style.visibility === "hidden" ||
        element.closest(".skip, details:not([open]) > :not(summary)")
      )
        continue;
      if (box.right > width + 1 || box.left < -1)
        found.push(`${element.tagName} ${element.textContent?.trim().slice(0, 30)} from ${box.left} to ${box.right}`);
    }
    return found;
  });
}

/** Every visible string that neither came from the texts nor is content. */
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
