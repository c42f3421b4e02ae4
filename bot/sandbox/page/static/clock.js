// The bar with the workspace's clock: what time it is, how fast it runs, and ways to move it on.

import { api, Refused } from "./api.js";
import { clockFace, placeName } from "./dates.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { toast } from "./overlays.js";

const SPEEDS = [1, 10, 30, 60, 600];
const JUMPS = [[300, "+5 min", "Jump 5 minutes"], [3600, "+1 h", "Jump 1 hour"], [86400, "+1 day", "Jump 1 day"]];
const TICK_MS = 250;

export class Clock {
  #clock = null;
  #readAt = 0;

  constructor(root, viewerZone) {
    this.root = root;
    this.viewerZone = viewerZone;
    this.face = h("span", { class: "clock-face", data: { testid: "clock" } });
    this.mine = h("span", { class: "clock-mine" });
    setInterval(() => this.#tick(), TICK_MS);
  }

  set(clock) {
    const first = !this.#clock;
    this.#clock = clock;
    this.#readAt = performance.now();
    if (clock && first) this.#build();
    if (!clock) this.root.replaceChildren(h("span", { class: "clock-mine" }, "This workspace runs on real time."));
    this.#show();
  }

  /** Seconds since 1970 by the workspace's clock, or by this machine's where it has none. */
  now() {
    if (!this.#clock) return Date.now() / 1000;
    const { epoch, speed, paused } = this.#clock;
    return epoch + (paused ? 0 : ((performance.now() - this.#readAt) / 1000) * speed);
  }

  #build() {
    this.pause = h("button", { type: "button", class: "button", onclick: () => this.#change({ paused: !this.#clock.paused }) });
    this.speed = h("select", { id: "clock-speed", class: "select", "aria-label": "Speed",
      onchange: () => this.#change({ speed: Number(this.speed.value) }) });
    this.root.replaceChildren(
      h("span", { class: "clock-times" }, icon("clock"), this.face, this.mine),
      h("div", { class: "clock-controls", role: "group", "aria-label": "Clock controls" },
        this.pause,
        h("label", { for: "clock-speed" }, "Speed"), this.speed,
        JUMPS.map(([seconds, words, name]) => h("button",
          { type: "button", class: "button", "aria-label": name, title: name,
          onclick: () => this.#change({ jump_seconds: seconds }) }, words))));
  }

  async #change(change) {
    try {
      this.set(await api.clock(change));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      toast(error.message);
    }
  }

  #show() {
    if (!this.#clock) return;
    const { speed, paused } = this.#clock;
    const speeds = [...new Set([...SPEEDS, speed])].sort((a, b) => a - b);
    if (this.speed.options.length !== speeds.length || Number(this.speed.value) !== speed) {
      this.speed.replaceChildren(...speeds.map((each) => h("option", { value: String(each), selected: each === speed },
        `×${each}`)));
    }
    this.pause.replaceChildren(icon(paused ? "play" : "pause"), paused ? "Resume" : "Pause");
    this.pause.setAttribute("aria-label", paused ? "Resume clock" : "Pause clock");
    this.root.classList.toggle("paused", paused);
    this.#tick();
  }

  #tick() {
    if (!this.#clock) return;
    const now = this.now();
    this.face.textContent = `${clockFace(now, this.#clock.zone)} ${placeName(this.#clock.zone)}`;
    const zone = this.viewerZone();
    this.mine.textContent = zone && zone !== this.#clock.zone ? `${clockFace(now, zone)} ${placeName(zone)}, where you are` : "";
  }
}
