import { mdiAlertCircleOutline, mdiInformationOutline } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../styles/shared";
import "./ws-icon";

/** What went wrong, or is worth knowing, and what to do; the slot holds buttons. */
@customElement("ws-problem")
export class WsProblem extends LitElement {
  @property() message = "";
  @property() hint = "";
  @property({ reflect: true }) level: "bad" | "warn" | "info" = "bad";
  static override styles = [
    ...shared,
    css`
      .box {
        display: flex;
        gap: 12px;
        padding: 14px 16px;
        border-radius: var(--ws-radius);
        background: color-mix(in srgb, var(--ws-bad) 12%, var(--ws-card));
      }
      :host([level="warn"]) .box {
        background: color-mix(in srgb, var(--ws-warn) 14%, var(--ws-card));
      }
      :host([level="info"]) .box {
        background: var(--ws-card);
        border: 1px solid var(--ws-line);
      }
      :host([level="info"]) ws-icon {
        color: var(--ws-link);
      }
      ws-icon {
        color: var(--ws-bad-text);
      }
      :host([level="warn"]) ws-icon {
        color: var(--ws-warn-text);
      }
      p {
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    return html`<div class="box" role=${this.level === "bad" ? "alert" : "note"}>
      <ws-icon .path=${this.level === "info" ? mdiInformationOutline : mdiAlertCircleOutline}></ws-icon>
      <div class="grow stack tight">
        <p>${this.message}</p>
        ${this.hint ? html`<p class="soft">${this.hint}</p>` : nothing}
        <slot></slot>
      </div>
    </div>`;
  }
}
