/** The microphone's sound to the device twin, and what it makes of it. */
import { openMicrophone } from "../audio/microphone";
import { ApiError, socketUrl } from "./http";
import type { Heard, Ready } from "./types";

export interface Listener {
  ready(message: Ready): void;
  heard(message: Heard): void;
  level(peak: number): void;
  /** It ended; `error` says why, unless it was asked to. The last call, and the only one of its kind. */
  ended(error?: unknown): void;
}

interface Told {
  type: "error";
  error: { code: string; message: string; hint: string };
}

/** Open microphone and socket; a `cutoff` of 0 is the model's own. Returns what stops both, at any time. */
export function listen(model: string, cutoff: number, listener: Listener): () => void {
  const query = `model=${encodeURIComponent(model)}${cutoff ? `&cutoff=${cutoff}` : ""}`;
  const socket = new WebSocket(socketUrl(`listen?${query}`));
  const leaving = new AbortController();
  socket.binaryType = "arraybuffer";
  const end = (error?: unknown): void => {
    if (leaving.signal.aborted) return;
    leaving.abort();
    socket.close();
    listener.ended(error);
  };
  let said = { code: "listen_ended", message: "", hint: "" };
  socket.onmessage = (message: MessageEvent<string>) => {
    if (leaving.signal.aborted) return;
    const data = JSON.parse(message.data) as Ready | Heard | Told;
    if (data.type === "error") said = data.error;
    else if (data.type === "ready") listener.ready(data);
    else listener.heard(data);
  };
  socket.onclose = () => end(new ApiError(0, said.code, said.message, said.hint));
  const take = (pcm: Int16Array<ArrayBuffer>, peak: number): void => {
    listener.level(peak);
    if (socket.readyState === WebSocket.OPEN) socket.send(pcm);
  };
  openMicrophone(take, leaving.signal).catch(end);
  return () => end();
}
