import { mdiMicrophone, mdiStop } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { AlignedData } from "uplot";
import { listen } from "../api/listen";
import type { Heard } from "../api/types";
import { describeError } from "../errors";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { probabilityOptions, toShare } from "./probability";
import "./ws-chart";
import "./ws-icon";
import "./ws-level";
import "./ws-problem";

const SHOWN_S = 10;
const FLASH_MS = 1200;

/** Try it: what the device would make of the microphone's sound, as one speaks. */
@customElement("ws-try")
export class WsTry extends LitElement {
  @property() model = "";
  @property() phrase = "";
  @property({ type: Number }) cutoff = 0;
  @state() private on: "off" | "opening" | "on" = "off";
  @state() private problem: { message: string; hint: string } | null = null;
  @state() private level = 0;
  @state() private times = 0;
  @state() private flash = false;
  @state() private data: AlignedData = [[], [], [], []];
  private line = 0;
  private step = 0.03;
  private stop: (() => void) | undefined;
  private timer = 0;
  private readonly options = probabilityOptions(SHOWN_S);
  static override styles = [
    ...shared,
    css`
      .stage {
        border-radius: var(--ws-radius);
        outline: 3px solid transparent;
        outline-offset: 4px;
        transition: outline-color 0.3s;
      }
      .flash {
        outline-color: var(--ws-good);
        background: color-mix(in srgb, var(--ws-good) 12%, transparent);
      }
      .told {
        min-height: 28px;
        font-size: 18px;
      }
      .controls {
        min-height: 48px;
      }
      ws-level {
        flex: 1;
        min-width: 120px;
      }
    `,
  ];

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.stop?.();
  }

  override updated(changed: PropertyValues<this>) {
    if (this.on === "off" || !(changed.has("cutoff") || changed.has("model"))) return;
    this.stop?.();
    if (!changed.has("model")) this.start();
  }

  private start(): void {
    this.on = "opening";
    this.problem = null;
    this.times = 0;
    this.data = [[], [], [], []];
    this.stop = listen(this.model, this.cutoff, {
      ready: (ready) => {
        this.on = "on";
        this.line = toShare(ready.cutoff);
        this.step = ready.step_s;
      },
      heard: (heard) => this.take(heard),
      level: (peak) => (this.level = peak),
      ended: (error) => {
        this.on = "off";
        this.level = 0;
        if (error) this.problem = describeError(error);
      },
    });
  }

  private take(heard: Heard): void {
    const [xs, means, raw] = this.data as [number[], number[], number[]];
    const count = heard.probabilities.length;
    const begin = heard.at_s - (count - 1) * this.step;
    const times = heard.probabilities.map((_, i) => begin + i * this.step);
    const from = Math.max(
      0,
      xs.findIndex((x) => x > heard.at_s - SHOWN_S),
    );
    const cut = [...xs.slice(from), ...times];
    this.data = [
      cut,
      [...means.slice(from), ...heard.means],
      [...raw.slice(from), ...heard.probabilities],
      cut.map(() => this.line),
    ];
    if (!heard.detections.length) return;
    this.times += heard.detections.length;
    this.flash = true;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => (this.flash = false), FLASH_MS);
  }

  override render() {
    const on = this.on !== "off";
    return html`<div class="stack">
      <div class="row controls">
        <button class="filled" @click=${() => (on ? this.stop?.() : this.start())}>
          <ws-icon .path=${on ? mdiStop : mdiMicrophone}></ws-icon>${translate(on ? "try.stop" : "try.start")}
        </button>
        <ws-level .peak=${this.level}></ws-level>
      </div>
      ${
        this.problem
          ? html`<ws-problem level="warn" .message=${this.problem.message} .hint=${this.problem.hint}></ws-problem>`
          : nothing
      }
      <p class="told" role="status">${this.told()}</p>
      <div class="stage ${this.flash ? "flash" : ""}" data-detections=${this.times}>
        <ws-chart
          .height=${220}
          .options=${this.options}
          .data=${this.data}
          .label=${translate("try.chart")}
        ></ws-chart>
      </div>
    </div>`;
  }

  private told(): string {
    if (this.on === "opening") return translate("try.opening");
    if (this.on === "off") return this.times ? translate("try.heard", { n: this.times }) : translate("try.help");
    return this.times ? translate("try.heard", { n: this.times }) : translate("try.say", { phrase: this.phrase });
  }
}
