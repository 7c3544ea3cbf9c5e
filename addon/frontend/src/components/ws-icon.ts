import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";

/** A picture from Material Design Icons; decoration, so hidden from screen readers. */
@customElement("ws-icon")
export class WsIcon extends LitElement {
  @property() path = "";
  static override styles = css`
    :host {
      display: inline-flex;
      width: 24px;
      height: 24px;
      flex: none;
    }
    svg {
      width: 100%;
      height: 100%;
      fill: currentColor;
    }
  `;

  override render() {
    return html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${this.path} /></svg>`;
  }
}
