// Walks through every screen of the candidate's window in every size and colour, and once by keyboard alone, and
// checks what must hold on all of them.
//
// ONLY=name,name walks those screens alone.

import { ALL, COLOURS, asked, conclude, launch, lookAround, openPage } from "../browser.mjs";
import { keyboardWalk } from "./keyboard.mjs";
import { SCREENS } from "./screens.mjs";
import { arrange, buildPage, openStage } from "./stage.mjs";

const WIDE = { width: 1280, height: 800 };
const SMALL = { width: 1024, height: 600 };
// The structure of a page changes with its room only, so what does not ask for colours is asked once in each.
const LOOKS = [
  { name: "light-1280", viewport: WIDE, theme: "light", zoom: 100, asked: ALL },
  { name: "dark-1280", viewport: WIDE, theme: "dark", zoom: 100, asked: COLOURS },
  { name: "contrast-1280", viewport: WIDE, theme: "contrast", zoom: 100, asked: COLOURS },
  { name: "light-1024", viewport: SMALL, theme: "light", zoom: 100 },
  { name: "light-1280-200", viewport: WIDE, theme: "light", zoom: 200 },
  { name: "light-1024-200", viewport: SMALL, theme: "light", zoom: 200, asked: ALL },
  { name: "dark-1024-200", viewport: SMALL, theme: "dark", zoom: 200, asked: COLOURS },
];
const PSEUDO = [{ name: "pseudo-1280", viewport: WIDE, theme: "light", zoom: 100, lang: "pseudo" }];

const faults = [];
const queue = SCREENS.filter(({ name }) => asked(name)).flatMap((screen) => [
  { screen, looks: LOOKS },
  { screen, looks: PSEUDO, lang: "pseudo" },
]);
const count = queue.length / 2;

async function work(browser) {
  const stage = await openStage();
  const page = await openPage(browser, { viewport: WIDE });
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { screen, looks, lang } = next;
    try {
      await page.setViewportSize(WIDE);
      await arrange(stage, page, screen, lang);
      faults.push(...(await lookAround(page, screen.name, looks)));
    } catch (error) {
      faults.push(`${screen.name} ${lang ?? ""}: ${String(error).split("\n")[0]}`);
    }
  }
  await page.context().close();
  await stage.close();
}

async function byKeyboard(browser) {
  const stage = await openStage();
  const page = await openPage(browser, { viewport: WIDE });
  const found = await keyboardWalk(stage, page);
  faults.push(...[...found, ...page.faults].map((fault) => `keyboard: ${fault}`));
  await page.context().close();
  await stage.close();
}

await buildPage();
const browser = await launch();
await Promise.all([work(browser), work(browser)]);
await byKeyboard(browser);
await browser.close();
conclude(`The candidate's ${count} screens in ${LOOKS.length + 1} looks, and an exam by keyboard`, faults);
