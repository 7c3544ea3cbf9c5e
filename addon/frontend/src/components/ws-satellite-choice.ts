import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Satellite } from "../api/fleet";
import { tell } from "../i18n/told";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { nameWord } from "./word-name";
import { DELIVERY_ICONS } from "./ws-satellite";
import "./ws-icon";

/** Which satellites; those that take none say why. Emits `change` with the ids. */
@customElement("ws-satellite-choice")
export class WsSatelliteChoice extends LitElement {
  @property({ attribute: false }) satellites: Satellite[] = [];
  @property({ attribute: false }) chosen: readonly string[] = [];
  static override styles = [
    ...shared,
    css`
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        min-width: 0;
      }
      label {
        font-weight: 400;
        font-size: 16px;
        cursor: pointer;
      }
      label:has(:disabled) {
        cursor: default;
      }
      .grow {
        overflow-wrap: anywhere;
      }
      ws-icon {
        color: var(--ws-soft);
        width: 20px;
        height: 20px;
      }
    `,
  ];

  private toggle(id: string, on: boolean): void {
    const rest = this.chosen.filter((one) => one !== id);
    this.dispatchEvent(new CustomEvent("change", { detail: on ? [...rest, id] : rest }));
  }

  override render() {
    return html`<fieldset>
      <legend class="hidden">${translate("satellites.title")}</legend>
      <div class="lines">${this.satellites.map((one) => this.renderOne(one))}</div>
    </fieldset>`;
  }

  private renderOne(one: Satellite) {
    const about = [one.room, translate(`delivery.${one.delivery}`)];
    if (one.online === false) about.push(translate("satellites.offline"));
    const why = one.delivery === "none" && one.message ? tell(one, "satellite").message : "";
    return html`<label class="line">
      <input
        type="checkbox"
        .checked=${this.chosen.includes(one.id)}
        ?disabled=${one.delivery === "none"}
        @change=${(event: Event) => this.toggle(one.id, (event.target as HTMLInputElement).checked)}
      />
      <span class="grow"
        >${one.name}<br /><span class="soft">${about.filter(Boolean).join(" · ")}</span>
        ${why ? html`<br /><span class="soft">${why}</span>` : nothing}
        ${one.active.length ? html`<br /><span class="soft">${translate("satellites.now", { words: one.active.map(nameWord).join(", ") })}</span>` : nothing}</span
      >
      <ws-icon .path=${DELIVERY_ICONS[one.delivery]}></ws-icon>
    </label>`;
  }
}
