/** The browser's microphone as 16 kHz mono int16, in pieces of 80 ms. */

export const RATE = 16_000;

/** No microphone: `code` is insecure, denied, absent or busy. */
export class MicrophoneError extends Error {
  constructor(readonly code: string) {
    super("");
  }
}

const REASONS: Record<string, string> = {
  NotAllowedError: "microphone_denied",
  NotFoundError: "microphone_absent",
  NotReadableError: "microphone_busy",
};

/** Open it until `signal` says so, even while the user is still being asked; `take` is given each piece and its peak (0..1). */
export async function openMicrophone(
  take: (pcm: Int16Array<ArrayBuffer>, peak: number) => void,
  signal: AbortSignal,
): Promise<void> {
  // Browsers hand it out on HTTPS and on localhost only.
  if (!window.isSecureContext) throw new MicrophoneError("microphone_insecure");
  const stream = await openStream();
  const context = makeContext();
  const close = (): void => {
    for (const track of stream.getTracks()) track.stop();
    if (context.state !== "closed") void context.close();
  };
  try {
    signal.throwIfAborted();
    signal.addEventListener("abort", close, { once: true });
    await context.audioWorklet.addModule(new URL(WORKLET, document.baseURI));
    signal.throwIfAborted();
    const node = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0 });
    node.port.onmessage = (message: MessageEvent<{ pcm: Int16Array<ArrayBuffer>; peak: number }>) => {
      if (!signal.aborted) take(message.data.pcm, message.data.peak);
    };
    context.createMediaStreamSource(stream).connect(node);
    await context.resume();
  } catch (error) {
    close();
    throw error;
  }
}

async function openStream(): Promise<MediaStream> {
  try {
    // As plain as on a satellite: nothing that the browser improves.
    const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    throw new MicrophoneError((error instanceof DOMException && REASONS[error.name]) || "microphone_busy");
  }
}

function makeContext(): AudioContext {
  // Firefox does not take a microphone into a context of another rate; the worklet resamples there.
  return navigator.userAgent.includes("Firefox") ? new AudioContext() : new AudioContext({ sampleRate: RATE });
}
