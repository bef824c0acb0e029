// Finds things on the page as people find them: by what they are and what they are called.

const ROLES = {
  button: "button, summary",
  radio: "input[type=radio]",
  checkbox: "input[type=checkbox]",
  field: "input[type=text], input[type=password], textarea",
  heading: "h1, h2, h3",
  dialog: "dialog[open]",
  timer: "[role=timer]",
};

const plain = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const words = (element) => plain(element.innerText ?? element.textContent);

function nameOf(element) {
  const label = element.getAttribute("aria-label");
  if (label) return label;
  const by = element.getAttribute("aria-labelledby");
  if (by) return plain(by.split(" ").map((id) => words(document.getElementById(id) ?? element)).join(" "));
  if (element.labels?.length) return plain([...element.labels].map(words).join(" "));
  return words(element);
}

// Behind a dialog nothing can be reached.
function reachable(element) {
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  return element.checkVisibility() && (!dialog || dialog.contains(element));
}

// `name` may end in a star for "and so on".
function called(element, name) {
  const own = nameOf(element);
  return name.endsWith("*") ? own.startsWith(name.slice(0, -1)) : own === name;
}

function find(role, name) {
  const all = [...document.querySelectorAll(ROLES[role] ?? role)];
  return all.find((element) => reachable(element) && called(element, name)) ?? null;
}

// To be pressed, a thing must be able to be pressed and lie where no bar covers it.
function ready(role, name) {
  const element = find(role, name);
  if (!element || element.disabled) return null;
  element.scrollIntoView({ block: "center", behavior: "instant" });
  return element;
}

function textOf(selector) {
  const element = document.querySelector(selector);
  return element ? words(element) : null;
}

// The first of several lines that begins so.
function lineOf(selector, begin) {
  return [...document.querySelectorAll(selector)].map(words).find((line) => line.startsWith(begin)) ?? null;
}

// Whether a dialog hides the question: it lies over it, and what is round the dialog cannot be seen through.
function covered() {
  const dialog = document.querySelector("dialog[open]");
  const prompt = document.querySelector("#prompt");
  if (!dialog) return false;
  const ground = getComputedStyle(dialog, "::backdrop").backgroundColor;
  const opaque = /^rgb\(/.test(ground) || /(,|\/) ?1\)$/.test(ground);
  const box = prompt?.getBoundingClientRect();
  const over = !box || !prompt.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
  return opaque && over;
}

// Which of these questions, given as HTML, is on the page.
function whichOf(prompts) {
  const shown = plain(document.querySelector("#prompt")?.textContent);
  const text = (html) => plain(new DOMParser().parseFromString(html, "text/html").body.textContent);
  return shown === "" ? -1 : prompts.findIndex((html) => text(html) === shown);
}

// What the fields of the question hold.
function answer() {
  const field = document.querySelector("article input[type=text], article textarea");
  if (field) return field.value;
  return [...document.querySelectorAll("article input:checked")].map((input) => input.value).sort();
}

// Who has the focus: what it is, what it is called, and its value.
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return ["", "", ""];
  const role = Object.keys(ROLES).find((known) => element.matches(ROLES[known])) ?? element.tagName.toLowerCase();
  return [role, nameOf(element), element.value ?? ""];
}

// Every visible text that neither came from the texts of the window nor is content.
function strays() {
  const wrapped = (text) => /^(\s*⟦[^⟦⟧]*⟧\s*)*$/.test(text);
  const content = (element) => element?.closest("[data-content]");
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || ["SCRIPT", "STYLE"].includes(parent.tagName) || !parent.checkVisibility()) continue;
    if (!wrapped(node.data) && !content(parent)) found.push(`“${node.data.trim()}” in <${parent.tagName.toLowerCase()}>`);
  }
  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility()) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description", "aria-valuetext"]) {
      const value = element.getAttribute(name);
      if (value && !wrapped(value) && !content(element)) found.push(`${name}=“${value}”`);
    }
  }
  if (!wrapped(document.title)) found.push(`the window's title “${document.title}”`);
  return found;
}
