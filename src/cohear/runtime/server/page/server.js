// The server behind the page: what it knows, a clip's answers, a stream's answers.

const KEPT = "cohear-token";
const PREFIX = "cohear.token.";

const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  keepToken(given);
  history.replaceState(null, "", location.pathname + location.search); // out of the address bar and of the history
}

export class Refused extends Error {
  constructor(status, reason) {
    super(reason);
    this.status = status;
  }
}

export function keepToken(token) {
  sessionStorage.setItem(KEPT, token);
}

export const hasToken = () => Boolean(sessionStorage.getItem(KEPT));

async function ask(path, options = {}) {
  const token = sessionStorage.getItem(KEPT);
  const headers = { ...options.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  let response;
  try {
    response = await fetch(new URL(path, document.baseURI), { ...options, headers });
  } catch {
    throw new Refused(0, "The server does not answer. Is it still running?");
  }
  const told = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, inWords(response.status, told.error));
  return told;
}

function inWords(status, reason = "") {
  const clause = reason ? `: ${reason}.` : ".";
  if (status === 401) return "The token is missing or wrong.";
  if (status === 403) return "The server does not answer this page. Open it by the server's own address.";
  if (status === 408) return "The server closed the stream: no sound reached it for a while.";
  if (status === 413) return `This sound is too large for the server${clause}`;
  if (status === 415 || status === 422) return `The server cannot answer this${clause}`;
  if (status === 503) return "The server is busy. Try again in a moment.";
  if (status === 504) return "The server needed too long for this sound.";
  return `The server failed${clause}`;
}

export const tasks = () => ask("tasks");

// Answers, windows and events of a file.
export const classify = (file, bundle) =>
  ask(`classify?${new URLSearchParams({ windows: "true", bundle })}`, { method: "POST", body: file });

// The same of samples, for formats that the browser knows and the server does not. Half as many bytes where 16 bits hold
// them; what lies beyond is sent as it is, so that the server sees it and not what was cut off.
export function classifySamples(samples, rate, bundle) {
  const fits = samples.every((value) => Math.abs(value) <= 1);
  const body = fits ? Int16Array.from(samples, (value) => 32767 * value) : Float32Array.from(samples);
  const query = new URLSearchParams({ windows: "true", bundle, rate, format: fits ? "s16le" : "f32le" });
  return ask(`classify?${query}`, { method: "POST", body, headers: { "Content-Type": "audio/pcm" } });
}

// Open a stream of float32 samples. `told` gets each message, `closed` a sentence, or nothing at the regular end.
export function openStream(rate, bundle, told, closed) {
  const url = new URL(`stream?${new URLSearchParams({ rate, bundle, format: "f32le" })}`, document.baseURI);
  url.protocol = url.protocol.replace("http", "ws");
  const token = sessionStorage.getItem(KEPT);
  const socket = new WebSocket(url, token ? ["cohear", PREFIX + base64url(token)] : ["cohear"]);
  const early = [];
  socket.onopen = () => early.splice(0).forEach((message) => socket.send(message));
  socket.onmessage = (event) => told(JSON.parse(event.data));
  socket.onclose = ({ code, reason }) => {
    if (code === 1000) closed();
    else closed(code > 4000 ? inWords(code - 4000, reason) : "The connection to the server was lost.");
  };
  const send = (message) => {
    if (socket.readyState === WebSocket.CONNECTING) early.push(message);
    else if (socket.readyState === WebSocket.OPEN) socket.send(message);
  };
  return { push: (samples) => send(samples), end: () => send(JSON.stringify({ type: "end" })) };
}

function base64url(text) {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
