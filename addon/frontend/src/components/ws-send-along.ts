import { mdiChevronDown } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { nameSatellites } from "./word-name";
import "./ws-icon";
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
        display: flex;
        align-items: center;
        gap: 12px;
        cursor: pointer;
        list-style: none;
        margin: -20px;
        padding: 20px;
        border-radius: var(--ws-radius);
      }
      summary::-webkit-details-marker {
        display: none;
      }
      ws-icon {
        transition: rotate 0.2s;
      }
      details[open] > summary ws-icon {
        rotate: 180deg;
      }
      .help {
        margin: 8px 0;
      }
    `,
  ];

  override render() {
    const satellites = [...live.fleet.satellites.values()].filter((one) => one.delivery !== "none");
    if (!satellites.length) return nothing;
    return html`<details class="card">
      <summary>
        <div class="grow">
          <h2>${translate("along.title")}</h2>
          ${this.chosen.length ? html`<p class="soft">${nameSatellites(this.chosen)}</p>` : nothing}
        </div>
        <ws-icon .path=${mdiChevronDown}></ws-icon>
      </summary>
      <p class="soft help">${translate("along.help")}</p>
      <ws-satellite-choice
        .satellites=${satellites}
        .chosen=${this.chosen}
        @change=${(event: CustomEvent<string[]>) =>
          this.dispatchEvent(new CustomEvent("change", { detail: event.detail }))}
      ></ws-satellite-choice>
    </details>`;
  }
}
