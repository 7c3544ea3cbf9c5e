/** One sound at a time, everywhere in the panel. Emits `change`. */
import { request } from "../api/http";

class Player extends EventTarget {
  /** What is playing or being fetched; null for nothing. */
  current: string | null = null;
  loading = false;
  private audio: HTMLAudioElement | null = null;

  /** Play `key`, or stop it where it plays already. `source` gives the sound or a path below api/v1. */
  async toggle(key: string, source: string | (() => Promise<Blob>)): Promise<void> {
    const same = this.current === key;
    this.stop();
    if (same) return;
    this.current = key;
    this.loading = true;
    this.tell();
    try {
      const blob = typeof source === "string" ? await (await request(source)).blob() : await source();
      if (this.current !== key) return;
      const url = URL.createObjectURL(blob);
      this.audio = new Audio(url);
      this.audio.onended = () => this.stop();
      this.loading = false;
      this.tell();
      await this.audio.play();
    } catch (error) {
      if (this.current === key) this.stop();
      throw error;
    }
  }

  stop(): void {
    if (this.audio) {
      this.audio.pause();
      URL.revokeObjectURL(this.audio.src);
      this.audio = null;
    }
    if (this.current === null) return;
    this.current = null;
    this.loading = false;
    this.tell();
  }

  private tell(): void {
    this.dispatchEvent(new Event("change"));
  }
}

export const player = new Player();
