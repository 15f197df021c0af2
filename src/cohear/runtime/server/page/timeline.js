// The time line: waveform, spectrogram and a lane for each task, over a part of the time that can be moved.

import { Sound } from "./sound.js";

const LEAST_SPAN = 0.5;
const MOST_BLOCKS = 500; // of a lane, in view
const dark = matchMedia("(prefers-color-scheme: dark)");

export class Timeline {
  constructor(board, changed) {
    this.board = board;
    this.changed = changed;
    this.canvas = (name) => board.querySelector(`#${name}`);
    this.from = 0;
    this.span = 1;
    this.moment = null;
    this.lanes = new Map();
    new ResizeObserver(() => this.draw()).observe(board);
    dark.addEventListener("change", () => this.draw());
    board.addEventListener("pointerdown", (event) => this.#point(event));
    board.addEventListener("pointermove", (event) => event.buttons && this.#point(event));
    board.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    board.addEventListener("keydown", (event) => this.#key(event));
  }

  // Show a sound and its events, which may both grow; `tasks` in their order, of which those of labels have events.
  show(sound, tasks, events) {
    this.sound = sound;
    this.events = events;
    const lanes = this.board.querySelector("#lanes");
    lanes.replaceChildren();
    this.lanes = new Map(
      Object.entries(tasks).flatMap(([task, { labels }], number) => {
        if (!labels) return [];
        const row = Object.assign(document.createElement("div"), { className: "row lane" });
        const what = Object.assign(document.createElement("span"), { className: "what", textContent: task });
        const track = Object.assign(document.createElement("div"), { className: "track" });
        row.style.setProperty("--h", hue(number));
        row.append(what, track);
        lanes.append(row);
        return [[task, track]];
      }),
    );
    this.moment = null;
    this.fit();
  }

  fit() {
    this.from = 0;
    this.span = Math.max(LEAST_SPAN, this.end);
    this.draw();
  }

  get end() {
    return Math.max(this.sound?.seconds ?? 0, this.events?.seconds ?? 0);
  }

  // Keep the last seconds in view.
  follow(seconds) {
    this.span = seconds;
    this.from = Math.max(0, this.end - seconds);
    this.draw();
  }

  zoom(factor) {
    const centre = this.moment ?? this.from + this.span / 2;
    const share = Math.min(1, Math.max(0, (centre - this.from) / this.span));
    this.span = Math.min(Math.max(LEAST_SPAN, this.end), Math.max(LEAST_SPAN, this.span * factor));
    this.#move(centre - share * this.span);
  }

  // Put the cursor at a moment, in view; null takes it away.
  at(moment) {
    this.moment = moment === null ? null : Math.min(this.end, Math.max(0, moment));
    if (this.moment !== null && (this.moment < this.from || this.moment > this.from + this.span))
      this.from = Math.max(0, Math.min(this.end - this.span, this.moment - this.span * 0.1));
    this.changed(this.moment);
    this.draw();
  }

  #move(from) {
    this.from = Math.max(0, Math.min(this.end - this.span, from));
    this.draw();
  }

  #point(event) {
    const box = this.canvas("wave").getBoundingClientRect();
    if (event.clientX < box.left || !this.sound) return;
    this.at(this.from + ((event.clientX - box.left) / box.width) * this.span);
  }

  #wheel(event) {
    if (Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return; // up and down is the page's
    event.preventDefault();
    this.#move(this.from + (event.deltaX / this.canvas("wave").clientWidth) * this.span);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = this.moment ?? this.from;
    const step = this.span / 50;
    const keys = {
      ArrowLeft: () => this.at(here - step),
      ArrowRight: () => this.at(here + step),
      PageDown: () => this.at(here - 10 * step),
      PageUp: () => this.at(here + 10 * step),
      Home: () => this.at(0),
      End: () => this.at(this.end),
      Escape: () => this.at(null),
      "+": () => this.zoom(0.5),
      "-": () => this.zoom(2),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }

  draw() {
    if (!this.sound || !this.board.checkVisibility()) return;
    this.#drawWave();
    this.#drawSpectrum();
    this.#drawAxis();
    for (const [task, track] of this.lanes) this.#drawLane(task, track);
    const cursor = this.board.querySelector("#cursor");
    const share = this.moment === null ? -1 : (this.moment - this.from) / this.span;
    cursor.hidden = share < 0 || share > 1;
    const side = this.canvas("wave").offsetLeft;
    cursor.style.left = `${side + share * this.canvas("wave").clientWidth}px`;
  }

  // A canvas' context in CSS pixels, cleared.
  #context(name) {
    const canvas = this.canvas(name), ratio = devicePixelRatio || 1;
    const width = Math.max(1, canvas.clientWidth), height = Math.max(1, canvas.clientHeight);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    return [context, width, height];
  }

  #drawWave() {
    const [context, width, height] = this.#context("wave");
    const frames = (x) => Math.floor((this.from + (x / width) * this.span) * 100);
    context.fillStyle = getComputedStyle(this.board).getPropertyValue("--wave");
    const { loudest } = this.sound;
    for (let x = 0; x < width; x++) {
      const begin = frames(x);
      if (begin >= this.sound.frames) break;
      const [low, high] = this.sound.extremes(begin, Math.max(begin + 1, frames(x + 1)));
      const top = (0.5 - (0.46 * high) / loudest) * height;
      context.fillRect(x, top, 1, Math.max(1, (0.46 * (high - low) * height) / loudest));
    }
  }

  #drawSpectrum() {
    const [context, width, height] = this.#context("spectrum");
    const columns = Math.min(Math.round(width), Math.max(1, Math.ceil(this.span * 100)));
    const image = new ImageData(columns, Sound.BANDS);
    const pixels = new Uint32Array(image.data.buffer);
    const colours = dark.matches ? DARK : LIGHT;
    for (let x = 0; x < columns; x++) {
      const begin = Math.floor((this.from + (x / columns) * this.span) * 100);
      if (begin >= this.sound.frames) break;
      const next = Math.floor((this.from + ((x + 1) / columns) * this.span) * 100);
      const end = Math.min(this.sound.frames, Math.max(begin + 1, next), begin + 8);
      for (let band = 0; band < Sound.BANDS; band++) {
        let level = 0;
        for (let at = begin * Sound.BANDS + band; at < end * Sound.BANDS; at += Sound.BANDS)
          if (this.sound.columns[at] > level) level = this.sound.columns[at];
        pixels[(Sound.BANDS - 1 - band) * columns + x] = colours[level];
      }
    }
    const small = this.small ??= document.createElement("canvas");
    small.width = columns;
    small.height = Sound.BANDS;
    small.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(small, 0, 0, columns, Sound.BANDS, 0, 0, width, height);
  }

  #drawAxis() {
    const [context, width] = this.#context("axis");
    const rough = (this.span / width) * 80;
    const unit = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((n) => n * unit).find((n) => n >= rough);
    const style = getComputedStyle(this.board);
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = style.getPropertyValue("--soft");
    context.textBaseline = "bottom";
    for (let n = Math.ceil(this.from / step); n * step <= this.from + this.span; n++) {
      const x = ((n * step - this.from) / this.span) * width;
      const text = `${Number((n * step).toFixed(3))} s`;
      context.fillRect(Math.min(width - 1, Math.round(x)), 0, 1, 5);
      const wide = context.measureText(text).width;
      context.fillText(text, Math.min(width - wide, Math.max(0, x - wide / 2)), 21);
    }
  }

  #drawLane(task, track) {
    const until = this.from + this.span;
    const rows = [];
    const blocks = [];
    const all = [...(this.events.ended[task] ?? []), ...this.events.lasting.filter((each) => each.task === task)];
    for (const event of all) {
      let row = rows.findIndex((end) => end <= event.onset + 1e-6);
      if (row < 0) row = rows.push(0) - 1;
      rows[row] = event.offset;
      if (event.offset > this.from && event.onset < until && blocks.length < MOST_BLOCKS)
        blocks.push(this.#block(event, row, track.clientWidth));
    }
    track.style.setProperty("--rows", Math.max(1, rows.length));
    track.replaceChildren(...blocks);
  }

  #block(event, row, width) {
    const begin = Math.max(event.onset, this.from), end = Math.min(event.offset, this.from + this.span);
    const block = document.createElement("span");
    const wide = ((end - begin) / this.span) * width;
    block.className = `${wide < 26 ? "small" : ""} ${this.events.lasting.includes(event) ? "lasting" : ""}`;
    block.textContent = event.label;
    block.title = `${event.label}, ${event.onset.toFixed(2)} to ${event.offset.toFixed(2)} s (${event.probability.toFixed(2)})`;
    block.style.left = `${((begin - this.from) / this.span) * 100}%`;
    block.style.width = `calc(${((end - begin) / this.span) * 100}% - 1px)`;
    block.style.top = `${row * 1.75}rem`;
    return block;
  }
}

// Hues that stay apart for colour-blind eyes as far as six and more can.
export const hue = (number) => [212, 28, 152, 330, 48, 265, 185, 4][number % 8];

// Colours of a spectrogram from silence to loud, between a ground and inks.
const shades = (stops) =>
  Uint32Array.from({ length: 256 }, (_, level) => {
    const at = (level / 255) * (stops.length - 1), low = Math.min(Math.floor(at), stops.length - 2);
    const [red, green, blue] = stops[low].map((value, n) => Math.round(value + (at - low) * (stops[low + 1][n] - value)));
    return (255 << 24) | (blue << 16) | (green << 8) | red; // as little-endian machines keep pixels
  });
const LIGHT = shades([[244, 242, 238], [205, 221, 235], [122, 174, 214], [45, 104, 168], [30, 40, 96], [18, 14, 46]]);
const DARK = shades([[23, 26, 31], [35, 40, 84], [93, 44, 130], [184, 62, 106], [244, 141, 72], [255, 240, 190]]);
