// What jsdom does not bring: dialogs, the desktop's wishes. And the texts, as the window has them.

import { afterEach } from "vitest";
import { cleanup } from "@testing-library/svelte";
import { setTexts } from "../src/shared/fluent";
import { sources } from "../src/candidate/texts";

setTexts("en", sources);
afterEach(cleanup);

HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
  this.open = false;
  this.dispatchEvent(new Event("close"));
};
window.scrollTo = () => undefined;
