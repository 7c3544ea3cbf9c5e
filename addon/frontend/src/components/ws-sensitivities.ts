import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Sensitivity } from "../api/report";
import { formatNumber } from "../i18n/format";
import { hasText, translate } from "../i18n/translate";
import { describeHours, inHundred } from "../i18n/words";
import { shared } from "../styles/shared";

/** The three cutoffs that were calibrated. Choosing one tries it out below. Emits `change` with the cutoff. */
@customElement("ws-sensitivities")
export class WsSensitivities extends LitElement {
  @property({ attribute: false }) sensitivities: Sensitivity[] = [];
  @property({ type: Number }) cutoff = 0;
  static override styles = [
    ...shared,
    css`
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        min-width: 0;
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr));
        gap: 12px;
      }
      label {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 12px;
        padding: 16px;
        border: 1px solid var(--ws-line);
        border-radius: var(--ws-radius);
        cursor: pointer;
        font-weight: 400;
        align-content: start;
      }
      label:has(:checked) {
        border-color: var(--ws-primary);
        background: color-mix(in srgb, var(--ws-primary) 8%, transparent);
      }
      strong {
        font-weight: 500;
        font-size: 16px;
      }
      .more {
        grid-column: 2;
      }
    `,
  ];

  override render() {
    return html`<fieldset>
      <legend class="hidden">${translate("sensitivity.title")}</legend>
      ${this.sensitivities.map(
        (one) =>
          html`<label>
            <input
              type="radio"
              name="sensitivity"
              .checked=${one.cutoff === this.cutoff}
              @change=${() => this.dispatchEvent(new CustomEvent("change", { detail: one.cutoff }))}
            />
            <strong>${this.name(one.name)}</strong>
            <span class="more">${translate("sensitivity.hears", { n: inHundred(one.recall.value ?? 0) })}</span>
            <span class="more">${this.accepts(one)}</span>
            <span class="more soft"
              >${translate("sensitivity.cutoff", { cutoff: formatNumber(one.cutoff / 255, 2) })} ·
              ${this.proof(one)}</span
            >
          </label>`,
      )}
    </fieldset>`;
  }

  private name(name: string): string {
    const key = `sensitivity.${name}`;
    return hasText(key) ? translate(key) : name;
  }

  private accepts(one: Sensitivity): string {
    const { bound } = one.false_accepts;
    if (bound === null) return translate("sensitivity.unknown");
    return bound <= 1
      ? translate("sensitivity.rare", { time: describeHours(1 / bound) })
      : translate("sensitivity.often", { count: formatNumber(Math.ceil(bound * 10) / 10, 1) });
  }

  private proof(one: Sensitivity): string {
    return translate(one.proven ? "sensitivity.proven" : one.held ? "sensitivity.held" : "sensitivity.missed");
  }
}
