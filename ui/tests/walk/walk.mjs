// Walks through every screen at every size and in every theme and checks what must hold on all of them.
//
// SHOTS=folder keeps a picture of each, FULL=1 also one of the whole page. ONLY=name,name walks those screens alone. LOOKS=light-1280 those looks alone.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { keyboardWalk } from "./keyboard.mjs";
import { SCREENS } from "./screens.mjs";
import { arrange, axe, openPage, openStage, overflow, strays } from "./stage.mjs";

const WIDE = { width: 1280, height: 800 };
const SMALL = { width: 1024, height: 600 };
const LOOKS = [
  { name: "light-1280", size: WIDE, theme: "light", zoom: 100 },
  { name: "dark-1280", size: WIDE, theme: "dark", zoom: 100 },
  { name: "contrast-1280", size: WIDE, theme: "contrast", zoom: 100 },
  { name: "light-1024", size: SMALL, theme: "light", zoom: 100 },
  { name: "light-1280-200", size: WIDE, theme: "light", zoom: 200 },
  { name: "light-1024-200", size: SMALL, theme: "light", zoom: 200 },
  { name: "pseudo-1280", size: WIDE, theme: "light", zoom: 100, lang: "pseudo" },
  { name: "dark-1024-200", size: SMALL, theme: "dark", zoom: 200 },
];

const shots = process.env.SHOTS;
const list = (name) => process.env[name]?.split(",");
const screens = SCREENS.filter(({ name }) => list("ONLY")?.includes(name) ?? true);
const looks = LOOKS.filter(({ name }) => list("LOOKS")?.includes(name) ?? true);
const faults = [];
const report = (where, found) => found.forEach((fault) => faults.push(`${where}: ${fault}`));

/** All screens in one look, on a stage of its own. */
async function walk(look) {
  const stage = await openStage();
  const page = await openPage(stage, look.size);
  for (const screen of screens) {
    const where = `${screen.name} ${look.name}`;
    try {
      await arrange(stage, page, screen, look);
      report(where, await overflow(page));
      if (look.lang) report(where, await strays(page));
      else report(where, await axe(page));
      if (shots) await shoot(page, join(shots, look.name), screen.name);
    } catch (error) {
      report(where, [String(error).split("\n")[0]]);
    }
    report(where, page.faults.splice(0));
  }
  await stage.close();
}

async function shoot(page, folder, name) {
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
  if (process.env.FULL) await page.screenshot({ path: join(folder, `${name}.full.png`), fullPage: true });
}

const queue = [...looks];
const worker = async () => {
  for (let look = queue.shift(); look; look = queue.shift()) await walk(look);
};
await Promise.all(Array.from({ length: Math.min(4, looks.length) }, worker));

if (!list("LOOKS") && !list("ONLY")) {
  const stage = await openStage({ built: true });
  const page = await openPage(stage, WIDE);
  report("keyboard", await keyboardWalk(stage, page));
  report("keyboard", page.faults.splice(0));
  await stage.close();
}

for (const fault of faults) console.error(fault);
console.log(`${screens.length} screens in ${looks.length} looks: ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
