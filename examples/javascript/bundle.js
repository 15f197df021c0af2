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
    this.rate = card.windowing.rate; // samples a second that the model takes
    this.session = session;
  }

  /** Samples of an audio file (an ArrayBuffer) as the model takes them: mono, at its rate. The browser resamples. */
  async decode(file) {
    const audio = await new OfflineAudioContext(1, 1, this.rate).decodeAudioData(file);
    const channels = Array.from({ length: audio.numberOfChannels }, (_, number) => audio.getChannelData(number));
    return channels[0].map((_, at) => channels.reduce((sum, channel) => sum + channel[at], 0) / channels.length);
  }

  /** Answers to one clip, an array of floating point or of integers (scaled by their type) of any length, as `Bundle.classify` in Python: `{task: {labels, probabilities}}`, or `{task: {numbers, unit, spread}}`. */
  async classify(samples) {
    const values = await this.session.run({ waveform: new ort.Tensor("float32", sound(samples), [1, samples.length]) });
    return Object.fromEntries(
      Object.entries(this.tasks).map(([task, card]) => [task, answer(card, Array.from(values[task].data))]),
    );
  }
}

const LOUDEST = 16; // as in Python: sound lies within -1..1, integers far beyond
const UNSIGNED = [Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array];
const SIGNED = [Int8Array, Int16Array, Int32Array];

/** Samples as the model takes them; integers are scaled by what their type holds. */
function sound(samples) {
  if (!samples.length || !samples.every(Number.isFinite)) throw new Error("samples must be finite numbers, at least one");
  const full = 2 ** (8 * samples.BYTES_PER_ELEMENT - 1);
  if (SIGNED.some((type) => samples instanceof type)) return Float32Array.from(samples, (value) => value / full);
  if (UNSIGNED.some((type) => samples instanceof type)) return Float32Array.from(samples, (value) => value / full - 1);
  const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (loudest > LOUDEST)
    throw new Error(`samples go up to ${loudest}, and sound lies within -1..1: divide them by 32768 if they were 16-bit integers`);
  return Float32Array.from(samples);
}

/** What the output of a clip says, by the card's entry of its task. */
function answer(card, values) {
  return card.kind === "number" ? numbers(card, values) : labelled(card, values);
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
