import { css, html, LitElement } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { sampleUrl, trimSample } from "../api/client";
import { request } from "../api/http";
import type { Sample } from "../api/types";
import { RATE } from "../audio/microphone";
import { attempt } from "../errors";
import { formatNumber } from "../i18n/format";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";

const LEAST_S = 0.2;

/** Cut a recording's begin and end off. Emits `trimmed` with the sample. */
@customElement("ws-trim")
export class WsTrim extends LitElement {
  @property({ attribute: false }) sample!: Sample;
  @state() private begin = 0;
  @state() private end = 0;
  @query("canvas") private canvas!: HTMLCanvasElement;
  private wave: Float32Array | null = null;
  static override styles = [
    ...shared,
    css`
      .box {
        padding: 12px 0 16px;
      }
      canvas {
        width: 100%;
        height: 80px;
        display: block;
        border-radius: 8px;
        background: var(--ws-raised);
        color: var(--ws-primary);
      }
      .ends {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 16px;
      }
    `,
  ];

  override connectedCallback() {
    super.connectedCallback();
    this.end = this.sample.seconds;
    void attempt(async () => {
      const data = await (await request(sampleUrl(this.sample.id))).arrayBuffer();
      this.wave = (await new OfflineAudioContext(1, 1, RATE).decodeAudioData(data)).getChannelData(0);
      this.draw();
    });
  }

  override updated() {
    this.draw();
  }

  private draw(): void {
    const { canvas, wave } = this;
    const context = canvas.getContext("2d");
    if (!context || !wave) return;
    const { width, height } = canvas;
    const a = (width * this.begin) / this.sample.seconds;
    const b = (width * this.end) / this.sample.seconds;
    context.clearRect(0, 0, width, height);
    context.fillStyle = getComputedStyle(canvas).color;
    for (let x = 0; x < width; x++) {
      const from = Math.floor((wave.length * x) / width);
      const to = Math.max(from + 1, Math.floor((wave.length * (x + 1)) / width));
      let peak = 0;
      for (let i = from; i < to; i++) peak = Math.max(peak, Math.abs(wave[i] ?? 0));
      context.globalAlpha = x >= a && x <= b ? 1 : 0.25;
      context.fillRect(x, (height * (1 - peak)) / 2, 1, Math.max(1, height * peak));
    }
  }

  private async cut(): Promise<void> {
    const sample = await attempt(() => trimSample(this.sample.id, this.begin, this.end));
    if (sample) this.dispatchEvent(new CustomEvent("trimmed", { detail: sample }));
  }

  override render() {
    return html`<div class="box stack tight">
      <canvas width="800" height="80" aria-hidden="true"></canvas>
      <div class="ends">${this.renderEnd("begin")} ${this.renderEnd("end")}</div>
      <div class="row"><button class="outlined" @click=${this.cut}>${translate("trim.cut")}</button></div>
    </div>`;
  }

  private renderEnd(which: "begin" | "end") {
    const value = this[which];
    return html`<div class="field">
      <label for=${which}>${translate(`trim.${which}`)} <span class="soft">${formatNumber(value, 2)} s</span></label>
      <input
        id=${which}
        type="range"
        min="0"
        max=${this.sample.seconds}
        step="0.01"
        .value=${String(value)}
        @input=${(event: Event) => this.move(which, (event.target as HTMLInputElement).valueAsNumber)}
      />
    </div>`;
  }

  private move(which: "begin" | "end", to: number): void {
    if (which === "begin") this.begin = Math.min(to, this.end - LEAST_S);
    else this.end = Math.max(to, this.begin + LEAST_S);
    this.requestUpdate();
  }
}
