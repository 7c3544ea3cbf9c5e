import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { styleMap } from "lit/directives/style-map.js";
import { translate } from "../i18n/translate";
import { base } from "../styles/shared";

/** A bar; one that moves to and fro while the total is unknown. */
@customElement("ws-progress")
export class WsProgress extends LitElement {
  @property({ type: Number }) done = 0;
  @property({ type: Number }) total = 0;
  @property() label = "";
  static override styles = [
    base,
    css`
      .track {
        height: 8px;
        border-radius: 4px;
        background: color-mix(in srgb, var(--ws-primary) 18%, transparent);
        overflow: hidden;
      }
      .fill {
        height: 100%;
        border-radius: 4px;
        background: var(--ws-primary);
        transition: width 0.3s;
      }
      .unknown {
        width: 30%;
        animation: wander 1.8s ease-in-out infinite alternate;
      }
      @keyframes wander {
        to {
          translate: 233% 0;
        }
      }
    `,
  ];

  override render() {
    const share = this.total > 0 ? Math.min(1, this.done / this.total) : null;
    return html`<div
      class="track"
      role="progressbar"
      aria-label=${this.label || translate("progress")}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${share === null ? "" : Math.round(share * 100)}
    >
      <div
        class="fill ${share === null ? "unknown" : ""}"
        style=${styleMap(share === null ? {} : { width: `${100 * share}%` })}
      ></div>
    </div>`;
  }
}
