import { mdiContentCut, mdiDelete } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { say } from "../announce";
import * as client from "../api/client";
import type { Sample, SampleLabel } from "../api/types";
import { attempt } from "../errors";
import { formatNumber, formatWhen } from "../i18n/format";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { nameProblem } from "./problems";
import "./ws-icon";
import "./ws-play";
import "./ws-trim";

const LABELS: SampleLabel[] = ["phrase", "near_miss", "other"];
const DECISIONS = ["good", "false_wake", "discarded"] as const;

/** A recording: hear, decide, label, trim, delete. Emits `changed` with the sample and `gone` with its id. */
@customElement("ws-sample")
export class WsSample extends LitElement {
  @property({ attribute: false }) sample!: Sample;
  @state() private trimming = false;
  static override styles = [
    ...shared,
    css`
      .line {
        flex-wrap: wrap;
        gap: 8px 12px;
      }
      .name {
        flex: 1 1 200px;
        min-width: 0;
        overflow-wrap: anywhere;
        line-height: 1.35;
      }
      select {
        width: auto;
        min-height: 40px;
        font-size: 14px;
      }
      .decisions {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
    `,
  ];

  private async change(change: Partial<Sample>): Promise<void> {
    const before = this.sample;
    const sample = await attempt(() => client.changeSample(before.id, change));
    if (!sample) return;
    this.tell(sample);
    if (!change.state) return;
    say({
      text: translate(`samples.now.${change.state}`, { name: this.title_ }),
      undo: async () => this.tell(await client.changeSample(before.id, { state: before.state })),
    });
  }

  private async discard(): Promise<void> {
    const { sample } = this;
    await attempt(async () => {
      await client.deleteSample(sample.id);
      this.dispatchEvent(new CustomEvent("gone", { detail: sample.id, bubbles: true, composed: true }));
      say({
        text: translate("samples.deleted", { name: this.title_ }),
        undo: async () => {
          await client.restoreSample(sample.id);
          this.tell(sample);
        },
      });
    });
  }

  private tell(sample: Sample): void {
    const event = new CustomEvent("changed", { detail: sample, bubbles: true, composed: true });
    // After a deletion we are no longer in the page: tell the page itself.
    (this.isConnected ? this : document).dispatchEvent(event);
  }

  private get title_(): string {
    return this.sample.speaker || this.sample.name;
  }

  override render() {
    const { sample } = this;
    const about = [
      sample.phrase,
      translate("samples.seconds", { time: formatNumber(sample.seconds, 1) }),
      sample.source === "panel"
        ? ""
        : translate(sample.source === "upload" ? "samples.from_file" : "samples.from_satellite"),
      formatWhen(sample.created),
    ].filter(Boolean);
    return html`<div>
      <div class="line">
        <ws-play .name=${this.title_} .source=${client.sampleUrl(sample.id)}></ws-play>
        <div class="name">
          ${this.title_}<br /><span class="soft">${about.join(" · ")}</span>
          ${
            sample.problems.length
              ? html`<br /><span class="soft warn">${sample.problems.map(nameProblem).join(" ")}</span>`
              : nothing
          }
        </div>
        ${sample.state === "inbox" ? this.renderDecisions() : this.renderLabel()}
        <div class="decisions">
          <button
            class="icon"
            aria-label=${translate("samples.trim", { name: this.title_ })}
            title=${translate("samples.trim", { name: this.title_ })}
            aria-expanded=${this.trimming}
            @click=${() => (this.trimming = !this.trimming)}
          >
            <ws-icon .path=${mdiContentCut}></ws-icon>
          </button>
          <button
            class="icon"
            aria-label=${translate("samples.delete", { name: this.title_ })}
            title=${translate("samples.delete", { name: this.title_ })}
            @click=${this.discard}
          >
            <ws-icon .path=${mdiDelete}></ws-icon>
          </button>
        </div>
      </div>
      ${
        this.trimming
          ? html`<ws-trim
              .sample=${sample}
              @trimmed=${(event: CustomEvent<Sample>) => {
                this.trimming = false;
                this.tell(event.detail);
              }}
            ></ws-trim>`
          : nothing
      }
    </div>`;
  }

  private renderDecisions() {
    return html`<div class="decisions" role="group" aria-label=${translate("samples.decide", { name: this.title_ })}>
      ${DECISIONS.map(
        (decision) =>
          html`<button class="chip" @click=${() => this.change({ state: decision })}>
            ${translate(`samples.state.${decision}`)}
          </button>`,
      )}
    </div>`;
  }

  private renderLabel() {
    return html`<select
      aria-label=${translate("samples.label", { name: this.title_ })}
      @change=${(event: Event) => this.change({ label: (event.target as HTMLSelectElement).value as SampleLabel })}
    >
      ${LABELS.map(
        (label) =>
          html`<option value=${label} ?selected=${label === this.sample.label}>
            ${translate(`samples.label.${label}`)}
          </option>`,
      )}
    </select>`;
  }
}
