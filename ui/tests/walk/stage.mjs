// The candidate's page on the fake runtime: as it ships, under the shell's content security policy.

import { build, preview } from "vite";

const CONFIG = { mode: "web", configFile: "vite.config.ts", logLevel: "error" };

export const buildPage = () => build(CONFIG);

/** A runtime of its own at an address of its own. */
export async function openStage() {
  const server = await preview({ ...CONFIG, preview: { port: 0 } });
  const { port } = server.httpServer.address();
  return { url: `http://localhost:${port}/`, close: () => server.close() };
}

/** Leads to a screen. */
export async function arrange(stage, page, screen, lang = "") {
  await page.request.post(`${stage.url}fake/scenario`, {
    data: { scenario: screen.scenario, theme: "light", zoom: 100, ...screen.options },
    maxRetries: 3,
  });
  await page.goto(stage.url + (lang ? `?lang=${lang}` : ""));
  await page.waitForSelector("h1");
  await page.locator(".loading").waitFor({ state: "detached" });
  for (const step of screen.steps ?? []) await step(page);
}
