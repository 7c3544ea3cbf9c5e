import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { PRESETS } from "./choices";

/** How thorough. Emits `change` with the preset's name. */
@customElement("ws-presets")
export class WsPresets extends LitElement {
  @property() preset = "standard";
  static override styles = [
    ...shared,
    css`
      .presets {
        border: 0;
        margin: 0;
        padding: 0;
        min-width: 0;
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr));
        gap: var(--ws-gap);
      }
      .preset {
        display: flex;
        gap: 12px;
        cursor: pointer;
        padding: 16px;
        font-weight: 400;
      }
      .preset strong {
        font-size: 16px;
        font-weight: 500;
      }
      .preset:has(input:checked) {
        border-color: var(--ws-primary);
        background: color-mix(in srgb, var(--ws-primary) 8%, var(--ws-card));
      }
    `,
  ];

  override render() {
    return html`<fieldset class="presets">
      <legend class="hidden">${translate("preset.label")}</legend>
      ${PRESETS.map(
        (name) =>
          html`<label class="card preset">
            <input
              type="radio"
              name="preset"
              value=${name}
              .checked=${this.preset === name}
              @change=${() => this.dispatchEvent(new CustomEvent("change", { detail: name }))}
            />
            <span>
              <strong>${translate(`preset.${name}`)}</strong><br />
              <span class="soft">${translate(`preset.${name}_help`)}</span>
            </span>
          </label>`,
      )}
    </fieldset>`;
  }
}
