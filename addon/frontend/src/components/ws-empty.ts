import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../styles/shared";
import "./ws-icon";

/** What stands where nothing is yet: what it will be, and how to get there (in the slot). */
@customElement("ws-empty")
export class WsEmpty extends LitElement {
  @property() icon = "";
  @property() heading = "";
  @property() text = "";
  static override styles = [
    ...shared,
    css`
      .empty {
        display: grid;
        justify-items: center;
        gap: 12px;
        text-align: center;
        padding: 32px 16px;
      }
      ws-icon {
        width: 48px;
        height: 48px;
        color: var(--ws-soft);
      }
      p {
        max-width: 48ch;
        text-wrap: balance;
      }
    `,
  ];

  override render() {
    return html`<div class="empty">
      <ws-icon .path=${this.icon}></ws-icon>
      <h3>${this.heading}</h3>
      <p class="soft">${this.text}</p>
      <slot></slot>
    </div>`;
  }
}
