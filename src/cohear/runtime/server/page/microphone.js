// The microphone, mono, at the rate that the model takes where the browser can give it.

const WORDS = {
  NotAllowedError: "The browser was not allowed to use the microphone. Allow it beside the address and try again.",
  NotFoundError: "There is no microphone on this machine.",
  NotReadableError: "The microphone is in use by another program.",
};

export async function openMicrophone(rate, heard) {
  if (!navigator.mediaDevices)
    throw new Error("Browsers give the microphone only to pages that come over https, or from this machine itself.");
  let source;
  try {
    source = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
  } catch (error) {
    throw new Error(WORDS[error.name] ?? `The microphone cannot be opened (${error.message}).`);
  }
  let context = new AudioContext({ sampleRate: rate });
  try {
    await connect(context, source, heard);
  } catch {
    await context.close(); // not every browser resamples a microphone: the server does
    context = new AudioContext();
    await connect(context, source, heard);
  }
  await context.resume();
  return {
    rate: context.sampleRate,
    close: () => {
      source.getTracks().forEach((track) => track.stop());
      return context.close();
    },
  };
}

async function connect(context, source, heard) {
  await context.audioWorklet.addModule(new URL("recorder.js", import.meta.url));
  const node = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
  node.port.onmessage = ({ data }) => heard(data);
  context.createMediaStreamSource(source).connect(node);
}
