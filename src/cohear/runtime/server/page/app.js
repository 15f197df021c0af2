// The page: a sound comes from a file or the microphone, its answers from the server.

import { given, rowsOf, scope } from "./answers.js";
import { openMicrophone } from "./microphone.js";
import { classify, classifySamples, hasToken, keepToken, openStream, Refused, tasks } from "./server.js";
import { Sound } from "./sound.js";
import { hue, Timeline } from "./timeline.js";

const LIVE_SECONDS = 12;
const MOST_MINUTES = 30; // of a recording, which the browser keeps whole
const LIVE_PAUSE = 50; // milliseconds between two drawings: the model may need the same machine
const LISTENING = "Listening …";
const SHOWN = 3; // labels of a card
const element = (id) => document.getElementById(id);
const make = (tag, text = "", className = "") =>
  Object.assign(document.createElement(tag), { textContent: text, className });

let bundles = {};
let shown = null; // the sound that is on the page: its parts are made in `begin`
let recording = null;
let playing = null;

const timeline = new Timeline(element("board"), (moment) => {
  if (playing?.from !== undefined && !playing.moving) stopPlaying();
  writeMoment(moment);
});

// Which bundle

async function start() {
  try {
    bundles = await tasks();
  } catch (error) {
    element("token-form").hidden = error.status !== 401;
    if (error.status === 401 && !hasToken()) element("token").focus();
    else complain(error.message);
    return;
  }
  element("token-form").hidden = true;
  element("source").hidden = false;
  const names = Object.keys(bundles);
  element("bundle").replaceChildren(...names.map((name) => new Option(name)));
  element("bundle-choice").hidden = names.length < 2;
  tellTasks();
}

function tellTasks() {
  element("kinds").replaceChildren(
    ...Object.entries(bundles[chosen()].tasks).map(([task, told], number) => {
      const kind = make("li", task);
      kind.style.setProperty("--h", hue(number));
      kind.append(make("small", scope(told)));
      return kind;
    }),
  );
}

const chosen = () => element("bundle").value;

element("bundle").addEventListener("change", () => {
  tellTasks();
  if (shown?.file && !recording) openFile(shown.file);
});

element("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  complain("");
  keepToken(element("token").value);
  start();
});

// What is said

const say = (text) => (element("status").textContent = text);

const sentence = (note) => note && `${note[0].toUpperCase()}${note.slice(1)}.`;

function complain(text) {
  element("problem").textContent = text;
  element("problem").hidden = !text;
}

// A sound on the page

function begin(name, rate, file = null) {
  stopPlaying();
  complain("");
  shown = {
    name, file,
    bundle: chosen(),
    tasks: bundles[chosen()].tasks,
    sound: new Sound(rate),
    windows: [],
    whole: { heard: true, note: "", tasks: {} },
    events: { ended: {}, lasting: [], seconds: 0 },
  };
  element("name").textContent = name;
  element("events").replaceChildren();
  element("cards").replaceChildren(...Object.keys(shown.tasks).map(makeCard));
  return shown;
}

function reveal() {
  element("result").hidden = false;
  document.body.classList.add("answered");
  timeline.show(shown.sound, shown.tasks, shown.events);
  writeMoment(null);
}

function addEvent(event) {
  (shown.events.ended[event.task] ??= []).push(event);
  const row = make("tr");
  const numbers = [event.onset, event.offset].map((value) => `${value.toFixed(2)} s`);
  row.append(...[event.task, event.label, ...numbers, event.probability.toFixed(2)].map((text) => make("td", text)));
  element("events").append(row);
}

// Files

async function openFile(file) {
  if (recording) await stopRecording();
  const { rate } = bundles[chosen()];
  const mine = begin(file.name, rate, file);
  say(`Listening to ${file.name} …`);
  const [decoded, told] = await Promise.allSettled([decode(file, rate), classify(file, mine.bundle)]);
  if (shown !== mine) return; // another sound was opened meanwhile
  let answered = told.value;
  try {
    if (told.status === "rejected") {
      const tryAgain = told.reason.status === 415 && decoded.value?.length; // the browser may know what the server does not
      if (!tryAgain) throw told.reason;
      answered = await classifySamples(decoded.value, rate, mine.bundle);
    }
  } catch (error) {
    say("");
    element("result").hidden = true;
    complain(error instanceof Refused ? error.message : `This page failed: ${error.message}`);
    return;
  }
  if (shown !== mine) return;
  mine.sound.push(decoded.value ?? new Float32Array(0));
  mine.windows = answered.windows;
  mine.whole = answered;
  mine.events.seconds = answered.seconds;
  answered.events.forEach(addEvent);
  const unseen = decoded.value ? "" : "This browser cannot decode the file, so that only the answers are shown.";
  say([sentence(answered.note), unseen].filter(Boolean).join(" "));
  reveal();
  while (shown === mine && !mine.sound.analyse(performance.now() + 12)) {
    timeline.draw();
    await new Promise(requestAnimationFrame);
  }
  if (shown === mine) timeline.draw();
}

// Mono samples at a rate, or null where the browser does not know the format.
async function decode(file, rate) {
  try {
    const audio = await new OfflineAudioContext(1, 1, rate).decodeAudioData(await file.arrayBuffer());
    const mono = new Float32Array(audio.length);
    for (let channel = 0; channel < audio.numberOfChannels; channel++)
      audio.getChannelData(channel).forEach((value, n) => (mono[n] += value / audio.numberOfChannels));
    return mono;
  } catch {
    return null;
  }
}

element("choose").addEventListener("click", () => element("file").click());
element("file").addEventListener("change", (event) => {
  if (event.target.files.length) openFile(event.target.files[0]);
  event.target.value = "";
});

for (const kind of ["dragenter", "dragover"])
  addEventListener(kind, (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("dropping"));
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  const [file] = event.dataTransfer.files;
  if (file && !element("source").hidden) openFile(file);
});

// The microphone

async function record() {
  element("record").disabled = true;
  const mine = { blocks: [] };
  try {
    mine.microphone = await openMicrophone(bundles[chosen()].rate, (block) => mine.heard?.(block));
  } catch (error) {
    complain(error.message);
    return;
  } finally {
    element("record").disabled = false;
  }
  begin("Recording", mine.microphone.rate);
  mine.shown = shown;
  mine.level = 0;
  recording = mine;
  const told = (message) => mine.shown === shown && hear(message);
  mine.ended = new Promise((ended) => {
    mine.stream = openStream(mine.microphone.rate, shown.bundle, told, (problem) => {
      if (problem) complain(problem);
      if (recording === mine) stopRecording();
      ended();
    });
  });
  mine.heard = (block) => {
    mine.shown.sound.push(block);
    mine.stream.push(block);
    mine.level = Math.max(0.8 * mine.level, ...block.map(Math.abs));
    if (mine.shown.sound.seconds < 60 * MOST_MINUTES) return;
    stopRecording();
    complain(`A recording ends after ${MOST_MINUTES} minutes. Record again to go on.`);
  };
  document.body.classList.add("recording");
  element("record").querySelector("span").textContent = "Stop";
  element("meter").hidden = false;
  element("play").disabled = true;
  say(LISTENING);
  reveal();
  (function live() {
    if (recording !== mine) return;
    mine.shown.sound.analyse(performance.now() + 8);
    timeline.follow(LIVE_SECONDS);
    element("clock").textContent = seconds(mine.shown.sound.seconds);
    element("meter").firstElementChild.style.transform = `scaleX(${Math.min(1, Math.sqrt(mine.level))})`;
    setTimeout(requestAnimationFrame, LIVE_PAUSE, live);
  })();
}

function hear(message) {
  if (message.type === "window") {
    shown.windows.push(message);
    shown.events.lasting = message.lasting;
    shown.events.seconds = message.offset;
    if (recording) writeCards(message.tasks, message.heard);
  } else if (message.type === "event") {
    addEvent(message);
  } else if (message.type === "note") {
    if (recording) say(sentence(message.note) || LISTENING);
  } else if (message.type === "end") {
    shown.whole = message;
    shown.events.lasting = [];
    say(shown.windows.length ? sentence(message.note) : "Nothing was recorded.");
    timeline.fit();
    writeMoment(null);
  }
}

async function stopRecording() {
  const mine = recording;
  recording = null;
  document.body.classList.remove("recording");
  element("record").querySelector("span").textContent = "Record";
  element("meter").hidden = true;
  element("play").disabled = false;
  mine.heard = null;
  await mine.microphone.close();
  mine.stream.end();
  await mine.ended;
  if (shown !== mine.shown) return;
  if (element("status").textContent === LISTENING) say(""); // it ended without a last answer
  shown.sound.analyse();
  timeline.fit();
}

element("record").addEventListener("click", () => (recording ? stopRecording() : record()));

// Answers

function makeCard(task, number) {
  const card = make("li");
  card.style.setProperty("--h", hue(number));
  card.dataset.task = task;
  card.append(make("h3", task), make("p", "", "label"), make("ol"));
  return card;
}

function writeCards(answers, heard = true) {
  for (const card of element("cards").children) {
    const answer = answers[card.dataset.task];
    if (!answer) continue;
    const text = given(answer);
    const label = card.querySelector(".label");
    label.textContent = heard ? text || "none" : "silence";
    label.title = label.textContent;
    label.classList.toggle("unsure", !heard || !text);
    card.querySelector("ol").replaceChildren(
      ...rowsOf(answer, shown.tasks[card.dataset.task]).slice(0, SHOWN).map(([name, value, part]) => {
        const row = make("li"), bar = make("i");
        bar.style.setProperty("--part", `${(100 * (heard ? part : 0)).toFixed(1)}%`);
        row.append(make("span", name), make("b", heard ? value : "–"), bar);
        return row;
      }),
    );
  }
}

// The window that answers for a moment: of those that a task hears the one whose centre is nearest.
function windowAt(moment, task) {
  const distance = (window) => Math.abs((window.onset + window.offset) / 2 - moment);
  const own = shown.windows.filter((window) => task in window.tasks);
  return own.reduce((best, each) => (best && distance(best) <= distance(each) ? best : each), null);
}

function writeMoment(moment) {
  if (!shown) return;
  const tasks = moment === null || !shown.windows.length ? [] : Object.keys(shown.tasks);
  const at = tasks.map((task) => [task, windowAt(moment, task)]).filter(([, window]) => window);
  const board = element("board");
  const whole = Math.max(shown.sound.seconds, shown.events.seconds);
  element("which").textContent = at.length
    ? `at ${seconds(moment)} of ${seconds(whole)}`
    : recording ? "now" : `the whole sound, ${seconds(whole)}`;
  for (const [task, window] of at) writeCards({ [task]: window.tasks[task] }, window.heard);
  if (!at.length) writeCards(shown.whole.tasks, shown.whole.heard);
  element("clock").textContent = seconds(moment ?? 0);
  board.setAttribute("aria-valuemax", whole.toFixed(2));
  board.setAttribute("aria-valuenow", (moment ?? 0).toFixed(2));
  const told = at.map(([task, window]) => `${task} ${given(window.tasks[task], ", ") || "none"}`);
  const silent = at.length && at.every(([, window]) => !window.heard);
  board.setAttribute("aria-valuetext", [seconds(moment ?? 0), ...(silent ? ["silence"] : told)].join("; "));
}

const seconds = (value) => `${value.toFixed(2)} s`;

// Playing

function play() {
  const { sound } = shown;
  if (!sound.length || recording) return;
  const context = new AudioContext();
  const buffer = context.createBuffer(1, sound.length, sound.rate);
  buffer.copyToChannel(sound.samples.subarray(0, sound.length), 0);
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(context.destination);
  const from = timeline.moment === null || timeline.moment > sound.seconds - 0.05 ? 0 : timeline.moment;
  const mine = { context, from, moving: false };
  playing = mine;
  source.start(0, from);
  element("play").textContent = "❚❚";
  element("play").setAttribute("aria-label", "Pause");
  requestAnimationFrame(function move() {
    if (playing !== mine) return;
    const moment = from + context.currentTime;
    mine.moving = true;
    timeline.at(moment);
    mine.moving = false;
    if (moment >= sound.seconds) stopPlaying();
    else requestAnimationFrame(move);
  });
}

function stopPlaying() {
  playing?.context.close();
  playing = null;
  element("play").textContent = "▶";
  element("play").setAttribute("aria-label", "Play");
}

const playOrPause = () => (playing ? stopPlaying() : play());
element("play").addEventListener("click", playOrPause);
element("board").addEventListener("keydown", (event) => {
  if (event.key !== " ") return;
  event.preventDefault();
  playOrPause();
});
element("in").addEventListener("click", () => timeline.zoom(0.5));
element("out").addEventListener("click", () => timeline.zoom(2));
element("all").addEventListener("click", () => timeline.fit());

start();
