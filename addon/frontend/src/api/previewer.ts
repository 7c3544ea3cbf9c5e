import type { ReactiveController, ReactiveControllerHost } from "lit";
import { describeError } from "../errors";
import type { Told } from "../i18n/told";
import { previewChanges } from "./client";
import type { Change } from "./fleet";

/** Asks what sending would change, while satellites are chosen: after a pause, and only the last answer counts. */
export class Previewer implements ReactiveController {
  /** Null while they are found out, and where nothing is chosen. */
  changes: Change[] | null = null;
  problem: Told | null = null;
  private timer = 0;
  private asked: AbortController | undefined;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostDisconnected(): void {
    clearTimeout(this.timer);
    this.asked?.abort();
  }

  /** Ask after `wait` milliseconds without another question. */
  ask(model: string, satellites: string[], wait: number): void {
    this.hostDisconnected();
    this.changes = this.problem = null;
    if (satellites.length) this.timer = window.setTimeout(() => void this.send(model, satellites), wait);
  }

  private async send(model: string, satellites: string[]): Promise<void> {
    const { signal } = (this.asked = new AbortController());
    try {
      const changes = await previewChanges(model, satellites, signal);
      if (!signal.aborted) this.changes = changes;
    } catch (error) {
      if (!signal.aborted) this.problem = describeError(error);
    }
    this.host.requestUpdate();
  }
}
