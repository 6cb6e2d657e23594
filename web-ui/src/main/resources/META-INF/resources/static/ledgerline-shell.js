// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0

// Keys and colour scheme of all pages. A key never takes away what the browser does with it while somebody types.

const root = document.documentElement;
const STORED = "ledgerline.scheme";

function applyScheme(scheme) {
  if (scheme === "light" || scheme === "dark") {
    root.dataset.scheme = scheme;
  } else {
    delete root.dataset.scheme;
  }
  const dark = scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.setAttribute("theme", dark ? "dark" : "light");
  window.dispatchEvent(new CustomEvent("ledgerline-scheme"));
}

window.ledgerlineScheme = () => {
  const dark = root.getAttribute("theme") === "dark";
  const next = dark ? "light" : "dark";
  localStorage.setItem(STORED, next);
  applyScheme(next);
};

applyScheme(localStorage.getItem(STORED));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => applyScheme(localStorage.getItem(STORED)));

const typing = (event) => {
  const at = event.composedPath()[0];
  return at instanceof HTMLElement && (at.matches("input, textarea, select") || at.isContentEditable);
};

window.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const help = document.querySelector(".ll-help");
  if (event.key === "Escape") {
    help?.removeAttribute("data-open");
    if (typing(event)) event.composedPath()[0].blur();
    return;
  }
  if (typing(event)) return;
  if (event.key === "/") {
    document.querySelector(".ll-find input")?.focus();
    event.preventDefault();
  } else if (event.key === "?") {
    help?.toggleAttribute("data-open");
    event.preventDefault();
  } else if ("jkntheHE[]".includes(event.key)) {
    const page = document.querySelector("[data-keys]");
    page?.dispatchEvent(new CustomEvent("page-key", { detail: { key: event.key } }));
  } else if ("wasd".includes(event.key)) {
    document.querySelector("ledgerline-timeline")?.steer(event.key);
  }
});

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (button) {
    navigator.clipboard?.writeText(button.getAttribute("data-copy")).then(() => {
      const was = button.textContent;
      button.textContent = "copied";
      setTimeout(() => (button.textContent = was), 1200);
    });
  }
  const help = event.target instanceof Element ? event.target.closest(".ll-help") : null;
  if (help && event.target === help) help.removeAttribute("data-open");
});
