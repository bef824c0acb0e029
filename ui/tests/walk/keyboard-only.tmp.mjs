import { keyboardWalk } from "./keyboard.mjs";
import { openPage, openStage } from "./stage.mjs";
const stage = await openStage({ built: true });
const page = await openPage(stage, { width: 1280, height: 800 });
page.on("console", (m) => m.type() === "error" && console.log(m.text()));
console.log(await keyboardWalk(stage, page), page.faults);
await page.screenshot({ path: "/tmp/shots/kb.png" });
await stage.close();
