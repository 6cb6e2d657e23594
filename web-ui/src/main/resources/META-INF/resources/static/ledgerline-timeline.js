// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0

import { visible } from "./ledgerline-json.js";

// The timeline of a run on a canvas: a strip of states, a lane per agent with nested steps, waits hatched, time in which nothing
// worked collapsed to a gap with a label, and a minimap. It draws only what is in view; steps come sorted by start.
//
// The data (see TimelineData.java), times in ms since `from`:
//   { from, to, live, byNumber (times are numbers of events), lanes: [name], rows: [rows of a lane], names: [text], states: [[at, state]],
//     steps: { start, end (-1 open), lane, row, kind, state, name, seq }, waits: [[start, end, lane, kind, prompt]] }

const ROW = 18;
const LANE_PAD = 8;
const TOP = 44; // axis and state strip
const MINIMAP = 22;
const LABELS = 120; // width of the lane names
const GAP = 40; // pixels of a collapsed gap at zoom 1
const MAX_HEIGHT = 420;
const TONES = {
  running: "running", starting: "running", queued: "unknown", waiting: "waiting", paused: "waiting", canceling: "waiting",
  completed: "completed", failed: "failed", timed_out: "failed", lost: "failed", canceled: "ended", suspended: "ended",
  incomplete: "ended", rejected: "ended", superseded: "ended", released: "ended", unknown: "unknown", submitted: "unknown",
};

class LedgerlineTimeline extends HTMLElement {
  #canvas = document.createElement("canvas");
  #tip = document.createElement("div");
  #data = null;
  #axis = null;
  #view = { from: 0, to: 1 }; // in units of the axis
  #following = true;
  #selected = -1;
  #scroll = 0;
  #frame = 0;
  #colors = {};
  #loading = null;

  constructor() {
    super();
    const style = document.createElement("style");
    style.textContent = `
      :host { position: relative; } canvas { display: block; width: 100%; touch-action: none; cursor: grab; }
      canvas:focus-visible { outline: 2px solid var(--ll-accent); outline-offset: -2px; }
      div.tip { position: absolute; pointer-events: none; display: none; max-width: 360px; padding: 6px 8px; border-radius: 6px; font-size: 12px;
        background: var(--ll-bg-raised); color: var(--ll-text); border: 1px solid var(--ll-line); box-shadow: 0 2px 10px rgb(0 0 0 / 18%);
        white-space: pre-wrap; overflow-wrap: anywhere; z-index: 4; }`;
    this.#tip.className = "tip";
    this.#canvas.tabIndex = 0;
    this.#canvas.setAttribute("role", "img");
    this.attachShadow({ mode: "open" }).append(style, this.#canvas, this.#tip);
  }

  connectedCallback() {
    this.resize = new ResizeObserver(() => this.#draw());
    this.resize.observe(this);
    this.onScheme = () => this.#readColors();
    window.addEventListener("ledgerline-scheme", this.onScheme);
    this.#listen();
    this.#readColors();
    if (this.getAttribute("src")) this.reload();
  }

  disconnectedCallback() {
    this.resize.disconnect();
    window.removeEventListener("ledgerline-scheme", this.onScheme);
  }

  static observedAttributes = ["src"];
  attributeChangedCallback() {
    if (this.isConnected) this.reload();
  }

  /** Fetches the data again; what is on screen stays until it is there. Asked again meanwhile, it fetches once more. */
  async reload() {
    if (this.#loading) {
      this.#loading = "again";
      return;
    }
    this.#loading = "once";
    try {
      const answer = await fetch(this.getAttribute("src"));
      if (answer.ok) this.data = await answer.json();
    } finally {
      const again = this.#loading === "again";
      this.#loading = null;
      if (again) this.reload();
    }
  }

  set data(data) {
    const first = this.#data === null;
    this.#data = data;
    const before = this.#axis;
    this.#axis = axisOf(data);
    if (first || this.#following || !before) {
      const whole = this.#axis.length;
      const span = first || !before ? whole : Math.min(this.#view.to - this.#view.from, whole);
      this.#view = first || span >= (before?.length ?? 0) * 0.999 ? { from: 0, to: whole } : { from: whole - span, to: whole };
    }
    this.#canvas.setAttribute("aria-label", `Timeline: ${data.steps.start.length} steps of ${data.lanes.length} agents, ${data.waits.length} waits`);
    this.#draw();
  }

  get stepCount() { return this.#data ? this.#data.steps.start.length : 0; }
  get gapCount() { return this.#axis ? this.#axis.parts.filter((p) => p.gap).length : 0; }
  get visibleSpan() { return this.#view.to - this.#view.from; }

  /** Marks the step that a seq belongs to and brings it into view. */
  select(seq) {
    const steps = this.#data?.steps;
    if (!steps) return;
    let best = -1;
    for (let i = 0; i < steps.seq.length; i++) {
      if (steps.seq[i] === seq) best = i;
    }
    this.#selected = best;
    if (best >= 0) {
      const u = this.#axis.unit(steps.start[best]);
      if (u < this.#view.from || u > this.#view.to) this.#show(u - this.visibleSpan / 3, u + (this.visibleSpan * 2) / 3);
    }
    this.#draw();
  }

  /** w and s zoom, a and d move. */
  steer(key) {
    const span = this.visibleSpan;
    const middle = (this.#view.from + this.#view.to) / 2;
    if (key === "w") this.#zoom(middle, 1 / 1.5);
    else if (key === "s") this.#zoom(middle, 1.5);
    else if (key === "a") this.#show(this.#view.from - span / 5, this.#view.to - span / 5);
    else if (key === "d") this.#show(this.#view.from + span / 5, this.#view.to + span / 5);
  }

  #zoom(at, factor) {
    const from = at - (at - this.#view.from) * factor;
    this.#show(from, from + this.visibleSpan * factor);
  }

  #show(from, to) {
    const whole = this.#axis?.length ?? 1;
    const span = Math.max(whole / 1e6, Math.min(whole, to - from));
    const start = Math.max(0, Math.min(whole - span, from));
    this.#view = { from: start, to: start + span };
    this.#following = start + span >= whole * 0.9999;
    this.#draw();
  }

  #listen() {
    const canvas = this.#canvas;
    canvas.addEventListener("wheel", (event) => {
      if (!this.#axis) return;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        const by = ((event.deltaX || event.deltaY) / this.#plotWidth()) * this.visibleSpan;
        this.#show(this.#view.from + by, this.#view.to + by);
      } else if (event.ctrlKey || event.metaKey || this.contentHeight <= MAX_HEIGHT) {
        this.#zoom(this.#unitAt(event.offsetX), event.deltaY > 0 ? 1.2 : 1 / 1.2);
      } else {
        this.#scrollBy(event.deltaY);
      }
      event.preventDefault();
    }, { passive: false });
    let drag = null;
    canvas.addEventListener("pointerdown", (event) => {
      drag = { x: event.offsetX, y: event.offsetY, view: { ...this.#view }, scroll: this.#scroll, moved: false };
      canvas.setPointerCapture(event.pointerId);
      if (event.offsetY > canvas.clientHeight - MINIMAP) this.#jump(event.offsetX);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drag) {
        this.#hover(event);
        return;
      }
      if (drag.y > canvas.clientHeight - MINIMAP) {
        this.#jump(event.offsetX);
        return;
      }
      const dx = event.offsetX - drag.x;
      if (Math.abs(dx) + Math.abs(event.offsetY - drag.y) > 3) drag.moved = true;
      const by = (dx / this.#plotWidth()) * (drag.view.to - drag.view.from);
      this.#scroll = drag.scroll;
      this.#scrollBy(drag.y - event.offsetY);
      this.#show(drag.view.from - by, drag.view.to - by);
    });
    canvas.addEventListener("pointerup", (event) => {
      if (drag && !drag.moved) this.#choose(this.#stepAt(event.offsetX, event.offsetY));
      drag = null;
    });
    canvas.addEventListener("pointerleave", () => (this.#tip.style.display = "none"));
    canvas.addEventListener("dblclick", () => this.#show(0, this.#axis?.length ?? 1));
    canvas.addEventListener("keydown", (event) => {
      const steps = this.#data?.steps;
      if (!steps || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      const next = this.#selected + (event.key === "ArrowRight" ? 1 : -1);
      if (next >= 0 && next < steps.start.length) this.#choose(next);
      event.preventDefault();
    });
  }

  #choose(index) {
    if (index < 0) return;
    this.#selected = index;
    this.dispatchEvent(new CustomEvent("step-select", { detail: { seq: this.#data.steps.seq[index] } }));
    this.select(this.#data.steps.seq[index]);
  }

  #jump(x) {
    const u = ((x - LABELS) / this.#plotWidth()) * (this.#axis?.length ?? 1);
    this.#show(u - this.visibleSpan / 2, u + this.visibleSpan / 2);
  }

  #scrollBy(by) {
    this.#scroll = Math.max(0, Math.min(this.contentHeight - this.#plotHeight(), this.#scroll + by));
    this.#draw();
  }

  get contentHeight() {
    return this.#data ? this.#data.rows.reduce((sum, rows) => sum + rows * ROW + LANE_PAD, 0) : 0;
  }

  #plotHeight() { return Math.min(this.contentHeight, MAX_HEIGHT); }
  #plotWidth() { return Math.max(10, this.clientWidth - this.#labels() - 8); }
  #labels() { return this.clientWidth < 600 ? 12 : LABELS; }
  #unitAt(x) { return this.#view.from + ((x - this.#labels()) / this.#plotWidth()) * this.visibleSpan; }
  #x(unit) { return this.#labels() + ((unit - this.#view.from) / this.visibleSpan) * this.#plotWidth(); }

  #laneTops() {
    const tops = [];
    let y = TOP - this.#scroll;
    for (const rows of this.#data.rows) {
      tops.push(y);
      y += rows * ROW + LANE_PAD;
    }
    return tops;
  }

  #stepAt(x, y) {
    if (!this.#data || y < TOP) return -1;
    const { steps } = this.#data;
    const tops = this.#laneTops();
    let found = -1;
    for (let i = this.#firstInView(); i < steps.start.length; i++) {
      const left = this.#x(this.#axis.unit(steps.start[i]));
      if (left > x + 2) break;
      const right = Math.max(left + 3, this.#x(this.#axis.unit(this.#end(i))));
      const top = tops[steps.lane[i]] + steps.row[i] * ROW;
      if (x <= right + 1 && y >= top && y < top + ROW - 2) found = i;
    }
    return found;
  }

  #hover(event) {
    const i = this.#stepAt(event.offsetX, event.offsetY);
    if (i < 0) {
      this.#tip.style.display = "none";
      return;
    }
    const { steps, names, lanes } = this.#data;
    const open = steps.end[i] < 0;
    this.#tip.textContent = visible(
      `${names[steps.name[i]]}\n${steps.kind[i]} · ${steps.state[i]} · ${lanes[steps.lane[i]]}\n` +
      this.#data.byNumber ? `event ${steps.seq[i]}; the source tells no times`
        : `at +${duration(steps.start[i])}, ${open ? "no end told" : duration(steps.end[i] - steps.start[i])} · event ${steps.seq[i]}`);
    this.#tip.style.display = "block";
    const left = Math.min(event.offsetX + 14, this.clientWidth - this.#tip.offsetWidth - 6);
    this.#tip.style.left = `${Math.max(4, left)}px`;
    this.#tip.style.top = `${event.offsetY + 16}px`;
  }

  #end(i) {
    const end = this.#data.steps.end[i];
    return end < 0 ? this.#data.to : end;
  }

  /** Steps are sorted by start; `reach` is the latest end so far, so what ended before the view is skipped in one search. */
  #firstInView() {
    const { reach } = this.#axis;
    const from = this.#view.from;
    let low = 0;
    let high = reach.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#axis.unit(reach[middle]) < from) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #readColors() {
    const probe = document.createElement("span");
    this.shadowRoot.append(probe);
    for (const name of ["bg-raised", "bg-soft", "line", "text", "text-soft", "accent", "running", "waiting", "completed", "failed", "ended",
      "unknown", "model", "tool", "agent"]) {
      probe.style.color = `var(--ll-${name})`;
      this.#colors[name] = getComputedStyle(probe).color;
    }
    probe.remove();
    this.#draw();
  }

  #draw() {
    if (!this.#frame) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#paint();
      });
    }
  }

  #paint() {
    if (!this.#data || this.clientWidth === 0) return;
    const ratio = devicePixelRatio || 1;
    const width = this.clientWidth;
    const height = TOP + this.#plotHeight() + MINIMAP + 6;
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
      this.#canvas.style.height = `${height}px`;
    }
    const g = this.#canvas.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    g.font = "11px system-ui, sans-serif";
    g.textBaseline = "middle";
    this.#paintGaps(g, height);
    this.#paintLanes(g, width);
    g.save();
    g.beginPath();
    g.rect(this.#labels(), TOP, width, this.#plotHeight());
    g.clip();
    this.#paintSteps(g);
    this.#paintWaits(g);
    g.restore();
    this.#paintAxis(g, width);
    this.#paintStates(g);
    this.#paintMinimap(g, width, height);
  }

  #paintGaps(g, height) {
    for (const part of this.#axis.parts) {
      if (!part.gap) continue;
      const left = this.#x(part.u0);
      const right = this.#x(part.u1);
      if (right < this.#labels() || left > this.clientWidth) continue;
      g.fillStyle = this.#colors["bg-soft"];
      g.fillRect(left, 24, right - left, height - MINIMAP - 30);
      const label = `⋯ ${duration(part.t1 - part.t0)}`;
      if (g.measureText(label).width < right - left + 8) {
        g.fillStyle = this.#colors["text-soft"];
        g.textAlign = "center";
        g.fillText(label, (left + right) / 2, 17);
      }
    }
  }

  #paintLanes(g, width) {
    const tops = this.#laneTops();
    g.textAlign = "start";
    this.#data.lanes.forEach((name, i) => {
      const bottom = tops[i] + this.#data.rows[i] * ROW + LANE_PAD / 2;
      if (bottom < TOP || tops[i] > TOP + this.#plotHeight()) return;
      g.strokeStyle = this.#colors.line;
      g.beginPath();
      g.moveTo(0, bottom);
      g.lineTo(width, bottom);
      g.stroke();
      if (this.#labels() === LABELS && tops[i] >= TOP - ROW) {
        g.fillStyle = this.#colors.text;
        g.fillText(fit(g, visible(name), LABELS - 16), 8, tops[i] + ROW / 2);
      }
    });
  }

  #paintSteps(g) {
    const { steps, names } = this.#data;
    const tops = this.#laneTops();
    const drawn = new Map(); // last pixel drawn in each row: a thousand steps in one pixel are one
    for (let i = this.#firstInView(); i < steps.start.length; i++) {
      const start = this.#axis.unit(steps.start[i]);
      if (start > this.#view.to) break;
      const left = this.#x(start);
      const right = Math.max(left + 2, this.#x(this.#axis.unit(this.#end(i))));
      const y = tops[steps.lane[i]] + steps.row[i] * ROW;
      if (right < this.#labels() || y < TOP - ROW || y > TOP + this.#plotHeight()) continue;
      const failed = steps.state[i] === "failed";
      if (right - left <= 2 && !failed && i !== this.#selected) {
        const key = steps.lane[i] * 4096 + steps.row[i];
        if (drawn.get(key) === Math.floor(left)) continue;
        drawn.set(key, Math.floor(left));
      }
      const open = steps.end[i] < 0;
      g.fillStyle = failed ? this.#colors.failed : this.#colors[steps.kind[i]] ?? this.#colors.agent;
      g.globalAlpha = steps.state[i] === "unknown" ? 0.45 : 0.92;
      g.fillRect(left, y + 1, right - left, ROW - 3);
      g.globalAlpha = 1;
      if (open) { // its end was never told: it fades where it would have been
        g.fillStyle = this.#colors["bg-raised"];
        for (let x = right - 10; x < right; x += 4) g.fillRect(x, y + 1, 2, ROW - 3);
      }
      if (i === this.#selected) {
        g.strokeStyle = this.#colors.text;
        g.lineWidth = 2;
        g.strokeRect(left - 1, y, right - left + 2, ROW - 1);
        g.lineWidth = 1;
      }
      const from = Math.max(left, this.#labels());
      if (right - from > 34) {
        g.fillStyle = this.#colors["bg-raised"];
        g.textAlign = "start";
        g.fillText(fit(g, (failed ? "✕ " : "") + visible(names[steps.name[i]]), right - from - 8), from + 4, y + ROW / 2);
      }
    }
  }

  #paintWaits(g) {
    const tops = this.#laneTops();
    for (const [start, end, lane, kind, prompt] of this.#data.waits) {
      const left = this.#x(this.#axis.unit(start));
      const right = Math.max(left + 3, this.#x(this.#axis.unit(end < 0 ? this.#data.to : end)));
      if (right < this.#labels() || left > this.clientWidth) continue;
      const y = tops[lane];
      const tall = this.#data.rows[lane] * ROW;
      g.save();
      g.beginPath();
      g.rect(left, y, right - left, tall);
      g.clip();
      g.strokeStyle = this.#colors.waiting;
      g.globalAlpha = 0.5;
      const lean = kind === "approval" || kind === "review" ? -1 : 1; // kinds differ by direction and pitch, not by colour alone
      const pitch = kind === "timer" || kind === "capacity" ? 5 : 9;
      for (let x = left - tall; x < right + tall; x += pitch) {
        g.beginPath();
        g.moveTo(x, y + (lean > 0 ? tall : 0));
        g.lineTo(x + tall, y + (lean > 0 ? 0 : tall));
        g.stroke();
      }
      g.restore();
      g.strokeStyle = this.#colors.waiting;
      g.strokeRect(left + 0.5, y + 0.5, right - left - 1, tall - 1);
      if (right - left > 50) {
        const text = fit(g, `${end < 0 ? "waits" : "waited"} for ${kind.replace("_", " ")}${prompt ? `: ${visible(prompt)}` : ""}`, right - left - 12);
        const wide = g.measureText(text).width + 6;
        g.fillStyle = this.#colors["bg-raised"];
        g.fillRect(left + 4, y + 2, wide, 14);
        g.fillStyle = this.#colors.waiting;
        g.textAlign = "start";
        g.fillText(text, left + 7, y + 9);
      }
    }
  }

  #paintAxis(g, width) {
    g.fillStyle = this.#colors["text-soft"];
    g.textAlign = "center";
    let free = this.#labels();
    for (const part of this.#axis.parts) {
      if (part.gap) continue;
      const pixels = this.#x(part.u1) - this.#x(part.u0);
      if (pixels < 40) continue;
      const step = niceStep(((part.t1 - part.t0) / pixels) * 90);
      for (let t = Math.ceil(part.t0 / step) * step; t <= part.t1; t += step) {
        const x = this.#x(this.#axis.unit(t));
        if (x < free + 24 || x > width - 20) continue;
        g.fillText(this.#data.byNumber ? `#${t + 1}` : `+${duration(t)}`, x, 8);
        g.fillRect(x, 15, 1, 4);
        free = x + 26;
      }
    }
  }

  #paintStates(g) {
    const { states, to } = this.#data;
    states.forEach(([at, state], i) => {
      const left = Math.max(this.#labels(), this.#x(this.#axis.unit(at)));
      const right = Math.min(this.clientWidth, this.#x(this.#axis.unit(i + 1 < states.length ? states[i + 1][0] : to)));
      if (right <= left && i + 1 < states.length) return;
      g.fillStyle = this.#colors[TONES[state] ?? "unknown"];
      g.fillRect(left, 24, Math.max(4, right - left), 14);
      if (right - left > 40) {
        g.fillStyle = this.#colors["bg-raised"];
        g.textAlign = "start";
        g.fillText(fit(g, state.replace("_", " "), right - left - 8), left + 4, 31);
      }
    });
  }

  #paintMinimap(g, width, height) {
    const top = height - MINIMAP;
    const scale = this.#plotWidth() / this.#axis.length;
    const { steps } = this.#data;
    g.fillStyle = this.#colors["bg-soft"];
    g.fillRect(0, top, width, MINIMAP);
    const lanes = Math.max(1, this.#data.lanes.length);
    const tall = Math.max(1, (MINIMAP - 6) / lanes);
    const stride = Math.max(1, Math.floor(steps.start.length / 4000));
    for (let i = 0; i < steps.start.length; i += stride) {
      const failed = steps.state[i] === "failed";
      g.fillStyle = failed ? this.#colors.failed : this.#colors[steps.kind[i]] ?? this.#colors.agent;
      const left = this.#labels() + this.#axis.unit(steps.start[i]) * scale;
      const wide = Math.max(1, (this.#axis.unit(this.#end(i)) - this.#axis.unit(steps.start[i])) * scale);
      g.fillRect(left, top + 3 + steps.lane[i] * tall, wide, Math.max(1, tall - 1));
    }
    g.strokeStyle = this.#colors.accent;
    g.lineWidth = 1.5;
    g.strokeRect(this.#labels() + this.#view.from * scale, top + 1, Math.max(3, this.visibleSpan * scale), MINIMAP - 2);
    g.lineWidth = 1;
  }
}

/**
 * Time to units: one unit a millisecond while a tool or a model works, and a fixed width for longer stretches in which none does.
 * What encloses other steps (agents, turns) does not count as work of its own.
 */
function axisOf(data) {
  const { steps } = data;
  const busy = [];
  const reach = new Float64Array(steps.start.length);
  let latest = 0;
  for (let i = 0; i < steps.start.length; i++) {
    const end = steps.end[i] < 0 ? data.to : steps.end[i];
    latest = Math.max(latest, end);
    reach[i] = latest;
    if (steps.kind[i] === "tool" || steps.kind[i] === "model") {
      busy.push([steps.start[i], steps.end[i] < 0 ? steps.start[i] + 1 : end]);
    } else {
      busy.push([steps.start[i], steps.start[i] + 1], [end, end + 1]);
    }
  }
  for (const [at] of data.states) busy.push([at, at + 1]);
  for (const [start, end] of data.waits) busy.push([start, start + 1], [end < 0 ? data.to : end, (end < 0 ? data.to : end) + 1]);
  busy.push([0, 1]);
  busy.sort((a, b) => a[0] - b[0]);
  const merged = [];
  for (const [start, end] of busy) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  const work = merged.reduce((sum, [start, end]) => sum + end - start, 0);
  const limit = data.byNumber ? Infinity : Math.max(1500, work * 0.12);
  const gapUnits = Math.max(20, (work + merged.length) * (GAP / 900));
  const parts = [];
  let u = 0;
  const add = (t0, t1, gap) => {
    if (t1 <= t0) return;
    const last = parts.at(-1);
    if (!gap && last && !last.gap) {
      last.t1 = t1;
      last.u1 += t1 - t0;
      u = last.u1;
      return;
    }
    const wide = gap ? gapUnits : t1 - t0;
    parts.push({ t0, t1, u0: u, u1: u + wide, gap });
    u += wide;
  };
  let at = 0;
  for (const [start, end] of merged) {
    add(at, start, start - at > limit);
    add(Math.max(at, start), end, false);
    at = Math.max(at, end);
  }
  add(at, data.to, data.to - at > limit);
  if (parts.length === 0) add(0, 1, false);
  const unit = (t) => {
    let low = 0;
    let high = parts.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (parts[middle].t1 < t) low = middle + 1;
      else high = middle;
    }
    const part = parts[low];
    const share = (t - part.t0) / (part.t1 - part.t0);
    return part.u0 + Math.max(0, Math.min(1, share)) * (part.u1 - part.u0);
  };
  return { parts, length: u, unit, reach };
}

function niceStep(ms) {
  for (const step of [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5, 72e5, 216e5, 864e5]) {
    if (step >= ms) return step;
  }
  return 864e5 * Math.ceil(ms / 864e5);
}

function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const s = ms / 1000;
  if (s < 60) return `${s < 10 ? Math.round(s * 10) / 10 : Math.round(s)} s`;
  if (s < 3600) return two(Math.floor(s / 60), "m", Math.round(s % 60), "s");
  if (s < 86400) return two(Math.floor(s / 3600), "h", Math.round((s % 3600) / 60), "m");
  return two(Math.floor(s / 86400), "d", Math.round((s % 86400) / 3600), "h");
}

function two(large, unit, small, smaller) {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`;
}

function fit(g, text, width) {
  if (g.measureText(text).width <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (g.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? "" : `${text.slice(0, low)}…`;
}

customElements.define("ledgerline-timeline", LedgerlineTimeline);
