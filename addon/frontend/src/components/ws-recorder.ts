import { mdiCheck, mdiMicrophone, mdiRefresh } from "@mdi/js";
import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { deleteSample, sampleUrl, uploadSample } from "../api/client";
import type { Sample } from "../api/types";
import { openMicrophone } from "../audio/microphone";
import { makeWav } from "../audio/wav";
import { attempt, describeError } from "../errors";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { nameProblem } from "./problems";
import { recorderStyles } from "./recorder-styles";
import "./ws-icon";
import "./ws-level";
import "./ws-play";
import "./ws-problem";

const COUNT_MS = 700;
const TAKE_MS = 2500;

type Step = "idle" | "opening" | "counting" | "recording" | "checking" | "checked";

/** Guided recording: who, what, a countdown, a take, its check; again or the next. Emits `recorded` with a sample. */
@customElement("ws-recorder")
export class WsRecorder extends LitElement {
  /** Phrases that models or trainings know. */
  @property({ attribute: false }) phrases: string[] = [];
  @state() private phrase = "";
  @state() private speaker = localStorage.getItem("wakesmith.speaker") ?? "";
  @state() private step: Step = "idle";
  @state() private count = 3;
  @state() private level = 0;
  @state() private takes = 0;
  @state() private last: Sample | null = null;
  @state() private problem: { message: string; hint: string } | null = null;
  /** Closes the microphone that is open or being opened. */
  private microphone: AbortController | undefined;
  private pieces: Int16Array<ArrayBuffer>[] = [];
  static override styles = [...shared, recorderStyles];

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.close();
  }

  private close(): void {
    this.microphone?.abort();
    this.microphone = undefined;
    this.step = "idle";
    this.level = 0;
  }

  private async begin(event?: Event): Promise<void> {
    event?.preventDefault();
    localStorage.setItem("wakesmith.speaker", this.speaker);
    this.problem = null;
    const microphone = (this.microphone ??= new AbortController());
    try {
      if (this.step === "idle") await this.open(microphone.signal);
      await this.take(microphone.signal);
    } catch (error) {
      if (microphone.signal.aborted) return; // left meanwhile
      this.close();
      this.problem = describeError(error);
    }
  }

  private async open(signal: AbortSignal): Promise<void> {
    this.step = "opening";
    await openMicrophone((pcm, peak) => {
      this.level = peak;
      if (this.step === "recording") this.pieces.push(pcm);
    }, signal);
  }

  private async take(signal: AbortSignal): Promise<void> {
    this.step = "counting";
    for (this.count = 3; this.count > 0; this.count--) await sleep(COUNT_MS);
    signal.throwIfAborted();
    this.pieces = [];
    this.step = "recording";
    await sleep(TAKE_MS);
    signal.throwIfAborted();
    this.step = "checking";
    const phrase = this.phrase.trim();
    const name = `take_${this.takes + 1}.wav`;
    const about = { phrase, speaker: this.speaker.trim(), label: "phrase", source: "panel" } as const;
    this.last = await uploadSample(makeWav(this.pieces), name, about);
    this.takes += 1;
    if (!signal.aborted) this.step = "checked";
    this.dispatchEvent(new CustomEvent("recorded", { detail: this.last }));
  }

  /** Throw the last take away and record it anew. */
  private async redo(): Promise<void> {
    const last = this.last;
    if (last) {
      await attempt(() => deleteSample(last.id));
      this.takes -= 1;
      this.last = null;
    }
    await this.begin();
  }

  override render() {
    return html`<form class="stack" @submit=${this.begin}>
      <div class="who">
        <div class="field">
          <label for="phrase">${translate("record.phrase")}</label>
          <input
            id="phrase"
            required
            list="phrases"
            autocomplete="off"
            .value=${this.phrase || (this.phrases[0] ?? "")}
            @input=${(event: Event) => (this.phrase = (event.target as HTMLInputElement).value)}
          />
          <datalist id="phrases">${this.phrases.map((phrase) => html`<option value=${phrase}></option>`)}</datalist>
        </div>
        <div class="field">
          <label for="speaker">${translate("record.speaker")}</label>
          <input
            id="speaker"
            required
            maxlength="60"
            autocomplete="off"
            .value=${this.speaker}
            @input=${(event: Event) => (this.speaker = (event.target as HTMLInputElement).value)}
          />
        </div>
      </div>
      ${
        this.problem
          ? html`<ws-problem level="warn" .message=${this.problem.message} .hint=${this.problem.hint}></ws-problem>`
          : nothing
      }
      <div class="booth ${this.step}">
        <p class="prompt" role="status">${this.prompt()}</p>
        <ws-level .peak=${this.level}></ws-level>
        ${this.renderCheck()}
      </div>
      <div class="row">${this.renderButtons()}</div>
    </form>`;
  }

  override willUpdate() {
    if (!this.phrase && this.phrases[0]) this.phrase = this.phrases[0];
  }

  private prompt(): string {
    switch (this.step) {
      case "counting":
        return String(this.count);
      case "recording":
        return translate("record.now", { phrase: this.phrase });
      case "checking":
        return translate("record.checking");
      case "checked":
        return translate("record.taken", { n: this.takes });
      case "opening":
        return translate("try.opening");
      default:
        return translate("record.ready");
    }
  }

  private renderCheck() {
    if (this.step !== "checked" || !this.last) return html`<p class="check soft">${translate("record.tip")}</p>`;
    const { problems, id } = this.last;
    return html`<div class="check row">
      <ws-play .name=${translate("record.last")} .source=${sampleUrl(id)}></ws-play>
      ${
        problems.length
          ? html`<p class="warn grow">${problems.map(nameProblem).join(" ")}</p>`
          : html`<p class="good grow">${translate("record.good")}</p>`
      }
    </div>`;
  }

  private renderButtons() {
    if (this.step === "checked") {
      return html`<button class="filled" type="submit">
          <ws-icon .path=${mdiMicrophone}></ws-icon>${translate("record.next")}
        </button>
        <button class="outlined" type="button" @click=${() => this.redo()}>
          <ws-icon .path=${mdiRefresh}></ws-icon>${translate("record.redo")}
        </button>
        <button type="button" @click=${() => this.close()}>
          <ws-icon .path=${mdiCheck}></ws-icon>${translate("record.done")}
        </button>`;
    }
    return html`<button class="filled" type="submit" ?disabled=${this.step !== "idle"}>
      <ws-icon .path=${mdiMicrophone}></ws-icon>${translate("record.start")}
    </button>`;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
