import { mdiRefresh } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { readLog } from "../api/client";
import { attempt } from "../errors";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-icon";

/** The trainer's last lines, read when opened. */
@customElement("ws-log")
export class WsLog extends LitElement {
  @property() job = "";
  @state() private text: string | null = null;
  static override styles = [
    ...shared,
    css`
      summary {
        cursor: pointer;
        font-weight: 500;
        min-height: 28px;
      }
      pre {
        margin: 12px 0 0;
        padding: 12px;
        height: 320px;
        overflow: auto;
        border-radius: 8px;
        background: var(--ws-raised);
        font:
          12px/1.5 "Roboto Mono",
          ui-monospace,
          monospace;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
    `,
  ];

  private async read(): Promise<void> {
    this.text = (await attempt(() => readLog(this.job))) ?? this.text;
    await this.updateComplete;
    const lines = this.renderRoot.querySelector("pre");
    lines?.scrollTo(0, lines.scrollHeight);
  }

  override render() {
    return html`<details
      class="card"
      @toggle=${(event: Event) => (event.target as HTMLDetailsElement).open && void this.read()}
    >
      <summary>${translate("job.log")}</summary>
      <pre tabindex="0" aria-label=${translate("job.log")}>${this.text ?? nothing}</pre>
      <button @click=${() => this.read()}><ws-icon .path=${mdiRefresh}></ws-icon>${translate("refresh")}</button>
    </details>`;
  }
}
