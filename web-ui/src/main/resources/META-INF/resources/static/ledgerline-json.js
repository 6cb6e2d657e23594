// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0

// A tree of JSON, closed below the second level. Keys and values come from agents and attackers: text nodes only, and what
// cannot be seen (control characters, bidi marks) is shown as its code.

const LONG = 600; // characters of a string that are shown at first
const MANY = 100; // children that are shown at first

const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
export const visible = (text) => text.replace(UNSEEN, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

const STYLE = `
  :host { display: block; }
  div.line { padding-inline-start: 14px; position: relative; overflow-wrap: anywhere; white-space: pre-wrap; }
  button.fold { all: unset; cursor: pointer; color: var(--ll-text-soft); }
  button.fold:focus-visible { outline: 2px solid var(--ll-accent); }
  .key { color: var(--ll-accent); } .text { color: var(--ll-completed); } .other { color: var(--ll-waiting); } .soft { color: var(--ll-text-soft); }
  button.more { all: unset; cursor: pointer; color: var(--ll-accent); }`;

class LedgerlineJson extends HTMLElement {
  #value;
  #given = false;

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
  }

  connectedCallback() {
    if (Object.hasOwn(this, "json")) { // set before the element was defined
      const early = this.json;
      delete this.json;
      this.json = early;
    }
    this.#draw();
  }

  set json(text) {
    this.#given = typeof text === "string" && text !== "";
    try {
      this.#value = this.#given ? JSON.parse(text) : undefined;
    } catch {
      this.#value = text; // not JSON: shown as the text that it is
    }
    if (this.isConnected) this.#draw();
  }

  #draw() {
    const style = document.createElement("style");
    style.textContent = STYLE;
    const tree = document.createElement("div");
    if (this.#given) tree.append(node(null, this.#value, 0));
    this.shadowRoot.replaceChildren(style, tree);
  }
}

function span(kind, text) {
  const made = document.createElement("span");
  made.className = kind;
  made.textContent = text;
  return made;
}

function node(key, value, depth) {
  const line = document.createElement("div");
  line.className = "line";
  const label = key === null ? [] : [span("key", visible(key)), span("soft", ": ")];
  if (value === null || typeof value !== "object") {
    line.append(...label, ...leaf(value));
    return line;
  }
  const entries = Array.isArray(value) ? value.map((v, i) => [String(i), v]) : Object.entries(value);
  const fold = document.createElement("button");
  fold.className = "fold";
  const children = document.createElement("div");
  const name = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
  let open = depth < 2;
  const show = () => {
    fold.textContent = open ? "▾ " : "▸ ";
    fold.setAttribute("aria-expanded", String(open));
    children.hidden = !open;
    if (open && children.childElementCount === 0) more(children, entries, 0, depth);
  };
  fold.addEventListener("click", () => {
    open = !open;
    show();
  });
  line.append(fold, ...label, span("soft", name), children);
  show();
  return line;
}

function more(children, entries, from, depth) {
  for (const [key, value] of entries.slice(from, from + MANY)) children.append(node(key, value, depth + 1));
  if (from + MANY < entries.length) {
    const button = document.createElement("button");
    button.className = "more";
    button.textContent = `${entries.length - from - MANY} more`;
    button.addEventListener("click", () => {
      button.remove();
      more(children, entries, from + MANY, depth);
    });
    children.append(button);
  }
}

function leaf(value) {
  if (typeof value !== "string") return [span("other", String(value))];
  if (value.length <= LONG) return [span("text", visible(value))];
  const text = span("text", visible(value.slice(0, LONG)));
  const button = document.createElement("button");
  button.className = "more";
  button.textContent = ` … show all ${value.length.toLocaleString("en")} characters`;
  button.addEventListener("click", () => {
    text.textContent = visible(value);
    button.remove();
  });
  return [text, button];
}

customElements.define("ledgerline-json", LedgerlineJson);
