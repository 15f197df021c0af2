// A bundle in a browser: waveform in, all tasks' answers out.
import * as ort from "onnxruntime-web";

ort.env.wasm.numThreads = 1; // more of them need a page that is cross-origin isolated

export class Bundle {
  /** Load `card.json` and `model.onnx` from a bundle's folder at `url`. */
  static async load(url) {
    const told = await fetch(`${url}/card.json`);
    if (!told.ok) throw new Error(`${url} is no bundle: its card.json cannot be read (${told.status})`);
    return new Bundle(await told.json(), await ort.InferenceSession.create(`${url}/model.onnx`));
  }

  constructor(card, session) {
    this.tasks = card.tasks;
    this.windowing = card.windowing;
    this.rate = card.windowing.rate; // samples a second that the model takes
    this.session = session;
  }

  /**
   * An audio file (an ArrayBuffer) as the model takes it, at its rate: the browser resamples. One channel is samples,
   * several are the list of them. `classify` knows of what `decode` gave how it was before that.
   */
  async decode(file) {
    const rate = statedRate(new DataView(file)) ?? this.rate;
    const own = rate === this.rate ? null : await decodedAt(rate, file.slice(0)).catch(() => null);
    const clip = await decodedAt(this.rate, file);
    if (own) RECORDED.set(clip, { rate, clip: own });
    return clip;
  }

  /**
   * Answers to one clip, as `Bundle.classify` in Python: `{heard, note, tasks}` with `{labels, probabilities}`, or
   * `{spans, begin, step, probabilities}` in time, or `{numbers, unit, spread}`, by task. What was not heard has no label.
   *
   * @param clip array of floating point or of integers (scaled by their type), of any length; or a list of such
   *   channels, whose mean is heard.
   */
  async classify(clip) {
    const { channels, samples } = heardOf(clip);
    const recorded = RECORDED.get(clip); // at its own rate, where that is another one
    const own = recorded ? heardOf(recorded.clip) : { channels, samples };
    const values = await this.session.run({ waveform: new ort.Tensor("float32", samples, [1, samples.length]) });
    const tasks = {};
    let heard = false;
    for (const [task, card] of Object.entries(this.tasks)) {
      const windowing = card.windowing ?? this.windowing; // a task may hear in windows of its own
      let frames = heardFrames(samples, windowing);
      if (recorded) {
        const there = heardFrames(own.samples, windowing, recorded.rate / this.rate, frames.length);
        frames = frames.map((isHeard, frame) => isHeard && there[frame]); // resampling rings at both ends of an offset
      }
      const told = Array.from(values[task].data);
      if (frames.includes(true) && !told.every(Number.isFinite)) throw new Error(`the model's answer of task '${task}' is no finite number`);
      tasks[task] = answer(card, told, frames, windowing.hop / this.rate, samples.length / this.rate);
      heard ||= frames.includes(true);
    }
    return { heard, note: cancel(own.channels, own.samples) ? CANCEL : heard ? "" : SILENCE, tasks };
  }
}

const FLOOR = 1e-8; // mean square of silence, as in Python: -80 dB of full scale, an offset aside
const LEFT = 1e-3; // of the channels' power: 30 dB less is left in the mean where they cancel
const SILENCE = "silence: nothing in it is louder than -80 dB of full scale";
const CANCEL = "its channels cancel each other out in their mean, which is what is heard: give one of them";

const RECORDED = new WeakMap(); // of what was decoded, how it was at its own rate

async function decodedAt(rate, file) {
  const audio = await new OfflineAudioContext(1, 1, rate).decodeAudioData(file);
  const channels = Array.from({ length: audio.numberOfChannels }, (_, number) => audio.getChannelData(number));
  return channels.length > 1 ? channels : channels[0];
}

/** Samples a second by the header of WAV, FLAC or Ogg Vorbis; of others, which have no exact silence, nothing. */
function statedRate(view) {
  const text = (place, letters) =>
    place + letters > view.byteLength ? "" : String.fromCharCode(...new Uint8Array(view.buffer, place, letters));
  if (text(0, 4) === "fLaC" && view.byteLength > 22) return view.getUint32(18) >>> 12;
  if (text(28, 7) === "\x01vorbis" && view.byteLength > 44) return view.getUint32(40, true);
  if (text(0, 4) !== "RIFF" || text(8, 4) !== "WAVE") return undefined;
  for (let place = 12; place + 16 <= view.byteLength; place += 8 + view.getUint32(place + 4, true))
    if (text(place, 4) === "fmt ") return view.getUint32(place + 12, true);
  return undefined;
}

/** Channels of a clip as floating point, and their mean. */
function heardOf(clip) {
  const channels = (Array.isArray(clip) && typeof clip[0] === "object" ? clip : [clip]).map(sound);
  return { channels, samples: channels.length > 1 ? mean(channels) : channels[0] };
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

function mean(channels) {
  if (channels.some(({ length }) => length !== channels[0].length)) throw new Error("channels must be equally long");
  return channels[0].map((_, at) => sum(channels.map((channel) => channel[at])) / channels.length);
}

/** Mean square of samples without their mean. */
function power(samples) {
  const offset = sum(samples) / samples.length;
  return samples.reduce((total, value) => total + (value - offset) ** 2, 0) / samples.length;
}

/** Which frames are louder than silence, by the samples that each sees; of these there are `ratio` in one of the model. */
function heardFrames(samples, { hop, before, after }, ratio = 1, count = Math.ceil(samples.length / hop)) {
  return Array.from({ length: count }, (_, frame) => {
    const [begin, end] = [Math.max(0, frame - before), frame + 1 + after].map((at) => Math.ceil(at * hop * ratio));
    return begin >= samples.length || power(samples.subarray(begin, end)) >= FLOOR;
  });
}

function cancel(channels, samples) {
  if (channels.length < 2) return false;
  const each = sum(channels.map(power)) / channels.length;
  return each > FLOOR && power(samples) < LEFT * each;
}

const LOUDEST = 16; // as in Python: sound lies within -1..1, integers far beyond
const UNSIGNED = [Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array];
const SIGNED = [Int8Array, Int16Array, Int32Array];

/** First letters of files, with where they stand and what they are: `classify` takes samples, `decode` files. */
const FILES = [
  [0, "RIFF", "a WAV file"], [0, "RF64", "a WAV file"], [0, "FORM", "an AIFF file"], [0, "caff", "a CAF file"],
  [0, ".snd", "an AU file"], [0, "fLaC", "a FLAC file"], [0, "OggS", "an Ogg file"], [0, "ID3", "an MP3 file"],
  [0, "\x1aE\xdf\xa3", "a WebM or Matroska file"], [4, "ftyp", "an MP4 (M4A) file"],
];

function refuseFile(samples) {
  const bytes = samples instanceof ArrayBuffer ? [samples] : [samples.buffer, samples.byteOffset, samples.byteLength];
  const head = String.fromCharCode(...new Uint8Array(...bytes).subarray(0, 8));
  const found = FILES.find(([place, mark]) => head.startsWith(mark, place));
  if (found) throw new Error(`samples are the bytes of ${found[2]}: decode it first, with decode`);
}

/** Samples as the model takes them; integers are scaled by what their type holds. */
function sound(samples) {
  if (samples instanceof ArrayBuffer || [...SIGNED, ...UNSIGNED].some((type) => samples instanceof type)) refuseFile(samples);
  if (!samples.length || !samples.every?.(Number.isFinite)) throw new Error("samples must be finite numbers, at least one");
  const full = 2 ** (8 * samples.BYTES_PER_ELEMENT - 1);
  if (SIGNED.some((type) => samples instanceof type)) return Float32Array.from(samples, (value) => value / full);
  if (UNSIGNED.some((type) => samples instanceof type)) return Float32Array.from(samples, (value) => value / full - 1);
  const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (loudest > LOUDEST)
    throw new Error(`samples go up to ${loudest}, and sound lies within -1..1: divide them by 32768 if they were 16-bit integers`);
  return Float32Array.from(samples);
}

/** What the output of a clip says, by the card's entry of its task. */
function answer(card, values, frames, frameSeconds, seconds) {
  if (card.kind === "timeline") return inTime(card, values, frames, frameSeconds, seconds);
  const heard = frames.includes(true);
  if (card.kind === "number") return heard ? numbers(card, values) : { numbers: {}, unit: card.unit, spread: {} };
  return { ...labelled(card, values), ...(heard ? {} : { labels: [] }) };
}

/**
 * Where each label's median over its filter's steps is from its threshold on, in steps that are heard: others have none;
 * `values` are of all labels, step by step.
 */
function inTime({ labels, thresholds, filters, step }, values, frames, frameSeconds, seconds) {
  const steps = values.length / labels.length;
  const heard = Array(steps).fill(false);
  frames.forEach((isHeard, frame) => {
    const at = Math.min(Math.floor((frame * frameSeconds) / step + 1e-6), steps - 1);
    heard[at] ||= isHeard;
  });
  const column = (number) => heard.map((isHeard, at) => (isHeard ? values[at * labels.length + number] : 0));
  const spans = labels.flatMap((label, number) => {
    const found = [];
    medians(column(number), filters?.[number] ?? 1).forEach((probability, at) => {
      if (!heard[at] || probability < thresholds[number]) return;
      const offset = at === steps - 1 ? seconds : (at + 1) * step;
      const last = found.at(-1);
      if (last?.until === at) Object.assign(last, { offset, until: at + 1, probability: Math.max(last.probability, probability) });
      else found.push({ label, onset: at * step, offset, probability, until: at + 1 });
    });
    return found.map(({ until, ...span }) => span);
  });
  spans.sort((one, other) => one.onset - other.onset || (one.label < other.label ? -1 : 1));
  return { spans, begin: 0, step, probabilities: Object.fromEntries(labels.map((label, number) => [label, column(number)])) };
}

/** Each step's median over as many around it, the ends going on; a step of silence stays that. */
function medians(steps, width) {
  const reach = (width - 1) / 2;
  const around = (at) => Array.from({ length: width }, (_, n) => steps[Math.min(Math.max(at - reach + n, 0), steps.length - 1)]);
  return steps.map((own, at) => (own === 0 ? 0 : around(at).sort((one, other) => one - other)[reach]));
}

function numbers({ names, unit, spread }, values) {
  const byName = (column) => Object.fromEntries(column.map((value, number) => [names[number], value]));
  return { numbers: byName(values), unit, spread: byName(spread) };
}

/** Of a multiclass task the most probable label, of a multilabel task all from their thresholds on. */
function labelled({ kind, labels, thresholds }, probabilities) {
  const order = [...labels.keys()].sort((one, other) => probabilities[other] - probabilities[one]);
  const given = kind === "multiclass" ? order.slice(0, 1) : order.filter((n) => probabilities[n] >= thresholds[n]);
  return {
    labels: given.map((number) => labels[number]),
    probabilities: Object.fromEntries(labels.map((label, number) => [label, probabilities[number]])),
  };
}
