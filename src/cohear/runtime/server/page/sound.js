// A waveform that may still grow: its samples, and for every hop of 10 ms its peaks and a column of its spectrogram.

const BANDS = 96;
const FLOOR_DB = -90;
const TOP_DB = -15;

export class Sound {
  constructor(rate) {
    this.rate = rate;
    this.hop = Math.round(rate / 100);
    this.size = 2 ** Math.ceil(Math.log2(rate / 32)); // about 32 ms
    this.samples = new Float32Array(rate * 8);
    this.length = 0;
    this.frames = 0;
    this.loudest = 0.05; // what fills the height of the waveform
    this.peaks = new Float32Array(2 * 800);
    this.columns = new Uint8Array(BANDS * 800);
    this.fourier = new Fourier(this.size);
    this.bands = melBands(rate, this.size);
  }

  get seconds() {
    return this.length / this.rate;
  }

  push(block) {
    this.samples = room(this.samples, this.length + block.length);
    this.samples.set(block, this.length);
    this.length += block.length;
  }

  // Work out columns until `deadline` (of performance.now()); false where some are left.
  analyse(deadline = Infinity) {
    while ((this.frames + 1) * this.hop <= this.length) {
      this.peaks = room(this.peaks, 2 * (this.frames + 1));
      this.columns = room(this.columns, BANDS * (this.frames + 1));
      const begin = this.frames * this.hop;
      let low = 0, high = 0;
      for (let n = begin; n < begin + this.hop; n++) {
        low = Math.min(low, this.samples[n]);
        high = Math.max(high, this.samples[n]);
      }
      this.loudest = Math.max(this.loudest, -low, high);
      this.peaks[2 * this.frames] = low;
      this.peaks[2 * this.frames + 1] = high;
      const first = Math.max(0, begin + this.hop - this.size);
      const power = this.fourier.power(this.samples.subarray(first, Math.min(first + this.size, this.length)));
      this.bands.forEach(([from, to], band) => {
        let most = 0;
        for (let bin = from; bin < to; bin++) most = Math.max(most, power[bin]);
        const level = (10 * Math.log10(most + 1e-12) - FLOOR_DB) / (TOP_DB - FLOOR_DB);
        this.columns[this.frames * BANDS + band] = 255 * Math.min(1, Math.max(0, level));
      });
      this.frames++;
      if (this.frames % 64 === 0 && performance.now() > deadline) return false;
    }
    return true;
  }

  // Lowest and highest sample of the frames from..to.
  extremes(from, to) {
    let low = 0, high = 0;
    for (let n = Math.max(0, from); n < Math.min(to, this.frames); n++) {
      low = Math.min(low, this.peaks[2 * n]);
      high = Math.max(high, this.peaks[2 * n + 1]);
    }
    return [low, high];
  }
}

Sound.BANDS = BANDS;

function room(array, length) {
  if (length <= array.length) return array;
  const larger = new array.constructor(Math.max(length, 2 * array.length));
  larger.set(array);
  return larger;
}

// First and last bin of bands that are equally wide in mel.
function melBands(rate, size) {
  const mel = (hertz) => 2595 * Math.log10(1 + hertz / 700);
  const hertz = (value) => 700 * (10 ** (value / 2595) - 1);
  const top = mel(rate / 2);
  const edges = Array.from({ length: BANDS + 1 }, (_, n) => Math.floor((hertz((top * n) / BANDS) * size) / rate));
  return edges.slice(0, -1).map((from, n) => [from, Math.max(from + 1, edges[n + 1])]);
}

// Power of the positive frequencies, Hann window; radix 2.
class Fourier {
  constructor(size) {
    this.size = size;
    this.real = new Float32Array(size);
    this.imaginary = new Float32Array(size);
    this.window = Float32Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));
    this.cosine = Float32Array.from({ length: size / 2 }, (_, n) => Math.cos((2 * Math.PI * n) / size));
    this.sine = Float32Array.from({ length: size / 2 }, (_, n) => -Math.sin((2 * Math.PI * n) / size));
    this.order = new Uint32Array(size);
    for (let n = 1; n < size; n++) this.order[n] = (this.order[n >> 1] >> 1) | (n & 1 ? size >> 1 : 0);
  }

  power(samples) {
    const { size, real, imaginary, cosine, sine } = this;
    for (let n = 0; n < size; n++) {
      const from = this.order[n];
      real[n] = from < samples.length ? samples[from] * this.window[from] : 0;
      imaginary[n] = 0;
    }
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let begin = 0; begin < size; begin += 2 * half) {
        for (let k = 0; k < half; k++) {
          const a = begin + k, b = a + half, c = cosine[k * stride], s = sine[k * stride];
          const re = real[b] * c - imaginary[b] * s, im = real[b] * s + imaginary[b] * c;
          real[b] = real[a] - re;
          imaginary[b] = imaginary[a] - im;
          real[a] += re;
          imaginary[a] += im;
        }
      }
    }
    const scale = (size / 4) ** 2; // a full-scale tone has the power 1
    for (let n = 0; n <= size / 2; n++) real[n] = (real[n] ** 2 + imaginary[n] ** 2) / scale;
    return real;
  }
}
