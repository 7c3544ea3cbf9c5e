import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { nameSatellites } from "./word-name";
import "./ws-satellite-choice";

/** Satellites that a word is sent to as soon as it is made. Emits `change` with their ids. */
@customElement("ws-send-along")
export class WsSendAlong extends LitElement {
  @property({ attribute: false }) chosen: readonly string[] = [];
  readonly controller = new LiveController(this);
  static override styles = [
    ...shared,
    css`
      summary {
        cursor: pointer;
        font-weight: 500;
        min-height: 28px;
      }
      summary .soft {
        font-weight: 400;
      }
      p {
        margin: 8px 0;
      }
    `,
  ];

  override render() {
    const satellites = [...live.fleet.satellites.values()].filter((one) => one.delivery !== "none");
    if (!satellites.length) return nothing;
    return html`<details class="card">
      <summary>
        ${translate("along.title")}
        ${this.chosen.length ? html`<span class="soft">· ${nameSatellites(this.chosen)}</span>` : nothing}
      </summary>
      <p class="soft">${translate("along.help")}</p>
      <ws-satellite-choice
        .satellites=${satellites}
        .chosen=${this.chosen}
        @change=${(event: CustomEvent<string[]>) =>
          this.dispatchEvent(new CustomEvent("change", { detail: event.detail }))}
      ></ws-satellite-choice>
    </details>`;
  }
}
