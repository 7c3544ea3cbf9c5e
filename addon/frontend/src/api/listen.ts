/** The microphone's sound to the device twin, and what it makes of it. */
import { openMicrophone, type Microphone } from "../audio/microphone";
import { socketUrl } from "./http";
import type { Heard, Ready } from "./types";

export interface Listener {
  ready(message: Ready): void;
  heard(message: Heard): void;
  level(peak: number): void;
  /** It ended; `error` says why, unless it was asked to. */
  ended(error?: { code: string; message: string; hint: string }): void;
}

/** Open microphone and socket; a `cutoff` of 0 is the model's own. Returns what stops both. */
export async function listen(model: string, cutoff: number, listener: Listener): Promise<() => void> {
  const query = `model=${encodeURIComponent(model)}${cutoff ? `&cutoff=${cutoff}` : ""}`;
  const socket = new WebSocket(socketUrl(`listen?${query}`));
  socket.binaryType = "arraybuffer";
  let microphone: Microphone | undefined;
  let stopped = false;
  let said: { code: string; message: string; hint: string } | undefined;
  const stop = (): void => {
    stopped = true;
    microphone?.stop();
    socket.close();
  };
  socket.onmessage = (message: MessageEvent<string>) => {
    const data = JSON.parse(message.data) as Ready | Heard | { type?: "error"; error: typeof said };
    if ("error" in data) said = data.error;
    else if (data.type === "ready") listener.ready(data);
    else listener.heard(data);
  };
  socket.onclose = () => {
    microphone?.stop();
    listener.ended(stopped ? undefined : (said ?? { code: "listen_ended", message: "", hint: "" }));
  };
  try {
    microphone = await openMicrophone((pcm, peak) => {
      listener.level(peak);
      if (socket.readyState === WebSocket.OPEN) socket.send(pcm);
    });
    // Closed while the user was asked for the microphone.
    if (socket.readyState > WebSocket.OPEN) microphone.stop();
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}
