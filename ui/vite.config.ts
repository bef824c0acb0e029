// Builds the two windows and serves the candidate's one in a browser.
//
// Modes: `candidate` and `console` are what the desktop and the issuer ship. `web` is the candidate's window with the
// host that speaks HTTP instead of Tauri: `vite --mode web` serves it with the fake runtime, `vite build --mode web`
// makes it ready for the test server of the real runtime.

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = fileURLToPath(new URL(".", import.meta.url));
const webHost = { find: /^(?:\.{1,2}\/)+shared\/host$/, replacement: resolve(here, "src/shared/host.web.ts") };

// What the shell allows the page (src-tauri/tauri.conf.json), for the journeys over the built page.
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

export default defineConfig(async ({ mode, command }) => {
  const testing = mode === "test";
  const page = mode === "console" ? "console" : "candidate";
  const web = mode === "web";
  const fake = web && command === "serve" ? [(await import("./tests/fake/plugin.ts")).fakeRuntime()] : [];
  return {
    root: testing ? here : resolve(here, "src", page),
    base: "./",
    plugins: [svelte({ configFile: resolve(here, "svelte.config.js") }), ...fake],
    resolve: {
      alias: web || testing ? [webHost] : [],
      ...(testing ? { conditions: ["browser"] } : {}),
    },
    preview: { headers: { "content-security-policy": CSP } },
    server: { fs: { allow: [here] }, strictPort: false },
    build: {
      target: "safari17",
      outDir: resolve(here, "dist", web ? "web" : page),
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    test: {
      environment: "jsdom",
      include: ["tests/**/*.test.ts"],
      setupFiles: ["tests/setup.ts"],
      css: false,
      // No test measures how fast this machine is.
      testTimeout: 120_000,
    },
  };
});
