import type { ReactiveController, ReactiveControllerHost } from "lit";
import { describeError } from "../errors";
import { advise } from "./client";
import { ApiError } from "./http";
import type { Advice } from "./types";

const AGAIN_MS = 3000;
const PASSING = [0, 503, 504]; // no answer for now: offline, or the helper is still starting

/** Asks for advice while one types: after a pause, and only the last answer counts. */
export class Advisor implements ReactiveController {
  advice: Advice | null = null;
  problem: { message: string; hint: string } | null = null;
  busy = false;
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
  ask(text: string, language: string, wait: number): void {
    this.hostDisconnected();
    this.problem = null;
    this.busy = text.length > 0;
    if (text) this.timer = window.setTimeout(() => void this.send(text, language), wait);
    else this.advice = null;
    this.host.requestUpdate();
  }

  private async send(text: string, language: string): Promise<void> {
    const asked = (this.asked = new AbortController());
    try {
      const advice = await advise(text, language, [], asked.signal);
      if (asked.signal.aborted) return;
      this.advice = advice;
      this.problem = null;
    } catch (error) {
      if (asked.signal.aborted) return;
      this.advice = null;
      this.problem = describeError(error);
      if (error instanceof ApiError && PASSING.includes(error.status)) {
        this.timer = window.setTimeout(() => void this.send(text, language), AGAIN_MS);
      }
    }
    this.busy = false;
    this.host.requestUpdate();
  }
}
