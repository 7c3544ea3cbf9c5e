import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { styleMap } from "lit/directives/style-map.js";
import { translate } from "../i18n/translate";
import { base } from "../styles/shared";

const QUIETEST_DB = -60;

/** The microphone's level, with the part in which a voice should lie. */
@customElement("ws-level")
export class WsLevel extends LitElement {
  /** Peak, 0..1. */
  @property({ type: Number }) peak = 0;
  static override styles = [
    base,
    css`
      .track {
        position: relative;
        height: 12px;
        border-radius: 6px;
        overflow: hidden;
        background: linear-gradient(
          to right,
          color-mix(in srgb, var(--ws-text) 12%, transparent) 45%,
          color-mix(in srgb, var(--ws-good) 34%, transparent) 45% 92%,
          color-mix(in srgb, var(--ws-bad) 40%, transparent) 92%
        );
      }
      .fill {
        height: 100%;
        background: var(--ws-good);
        transition: width 0.08s linear;
      }
      .loud {
        background: var(--ws-bad);
      }
    `,
  ];

  override render() {
    const db = this.peak > 0 ? 20 * Math.log10(this.peak) : QUIETEST_DB;
    const share = Math.min(1, Math.max(0, 1 - db / QUIETEST_DB));
    return html`<div
      class="track"
      role="meter"
      aria-label=${translate("level")}
      aria-valuemin="-60"
      aria-valuemax="0"
      aria-valuenow=${Math.round(Math.max(QUIETEST_DB, db))}
    >
      <div class="fill ${this.peak > 0.97 ? "loud" : ""}" style=${styleMap({ width: `${100 * share}%` })}></div>
    </div>`;
  }
}
