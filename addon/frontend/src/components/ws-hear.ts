import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { compareModels, hearFile } from "../api/client";
import type { Hearing, Model } from "../api/types";
import { attempt } from "../errors";
import { formatNumber } from "../i18n/format";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { hearingData, probabilityOptions } from "./probability";
import "./ws-chart";
import "./ws-drop";

/** A file as the device hears it, by this model and, if asked, by another beside it. */
@customElement("ws-hear")
export class WsHear extends LitElement {
  @property({ attribute: false }) model!: Model;
  @property({ attribute: false }) others: Model[] = [];
  @state() private other = "";
  @state() private file: File | null = null;
  @state() private busy = false;
  @state() private heard: { model: string; hearing: Hearing }[] = [];
  private readonly options = probabilityOptions();
  static override styles = [
    ...shared,
    css`
      .wait {
        height: 300px;
      }
      select {
        max-width: 320px;
      }
    `,
  ];

  private async hear(file: File | null): Promise<void> {
    if (!file) return;
    this.file = file;
    this.busy = true;
    const { id } = this.model;
    const heard = await attempt(async () => {
      if (!this.other) return [{ model: id, hearing: await hearFile(id, file) }];
      const both = await compareModels(id, this.other, file);
      return [
        { model: id, hearing: both.a },
        { model: this.other, hearing: both.b },
      ];
    });
    this.heard = heard ?? [];
    this.busy = false;
  }

  override render() {
    return html`<div class="stack">
      <ws-drop
        .text=${translate("hear.drop")}
        @files=${(event: CustomEvent<File[]>) => this.hear(event.detail[0] ?? null)}
      ></ws-drop>
      ${
        this.others.length
          ? html`<div class="field">
              <label for="other">${translate("hear.compare")}</label>
              <select id="other" @change=${this.choose}>
                <option value="">${translate("hear.alone")}</option>
                ${this.others.map((model) => html`<option value=${model.id}>${model.phrase} (${model.id})</option>`)}
              </select>
            </div>`
          : nothing
      }
      <div class="stack" role="status" aria-busy=${this.busy}>
        ${
          this.busy
            ? html`<div class="skeleton wait"></div>`
            : this.heard.map((one) => this.renderHearing(one.model, one.hearing))
        }
      </div>
    </div>`;
  }

  private choose(event: Event): void {
    this.other = (event.target as HTMLSelectElement).value;
    void this.hear(this.file);
  }

  private renderHearing(model: string, hearing: Hearing) {
    const at = hearing.detections.map((second) => `${formatNumber(second, 1)} s`).join(", ");
    const peak = Math.round(100 * hearing.peak);
    const told = hearing.detections.length
      ? translate("hear.found", { n: hearing.detections.length, at })
      : translate("hear.quiet", { peak });
    return html`<figure class="stack tight">
      <figcaption><strong>${model}</strong> · ${this.file?.name}: ${told}</figcaption>
      <ws-chart .height=${200} .options=${this.options} .data=${hearingData(hearing)} .label=${told}></ws-chart>
    </figure>`;
  }
}
