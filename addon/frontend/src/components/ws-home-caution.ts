import { mdiDownload } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { installIntegration } from "../api/client";
import type { Home } from "../api/fleet";
import { attempt } from "../errors";
import { translate } from "../i18n/translate";
import { linkTo } from "../router";
import { shared } from "../styles/shared";
import "./ws-icon";
import "./ws-problem";

/** What cannot be done while Home Assistant's integration is not there, and how to get it. */
@customElement("ws-home-caution")
export class WsHomeCaution extends LitElement {
  @property({ attribute: false }) home: Home | null = null;
  @state() private busy = false;
  static override styles = [
    ...shared,
    css`
      :host {
        display: contents; /* no gap where there is nothing to say */
      }
    `,
  ];

  private async install(): Promise<void> {
    this.busy = true;
    await attempt(installIntegration);
    this.busy = false;
  }

  override render() {
    const { home } = this;
    if (!home || home.integration.linked) return nothing;
    const { installed, needs_restart } = home.integration;
    if (needs_restart || installed) {
      const state = needs_restart ? "restart" : "unlinked";
      return html`<ws-problem
        level="warn"
        .message=${translate(`link.${state}`)}
        .hint=${translate(`link.${state}_help`)}
      >
        ${needs_restart ? nothing : html`<div><a class="button outlined" href=${linkTo("settings")}>${translate("link.by_hand")}</a></div>`}
      </ws-problem>`;
    }
    return html`<ws-problem
      level="warn"
      .message=${translate("link.absent")}
      .hint=${translate(home.folder ? "link.absent_help" : "link.elsewhere_help")}
    >
      <div class="row">
        ${
          home.folder
            ? html`<button class="filled" ?disabled=${this.busy} @click=${() => this.install()}>
                <ws-icon .path=${mdiDownload}></ws-icon>${translate("link.install")}
              </button>`
            : html`<a class="button outlined" href=${linkTo("settings")}>${translate("link.by_hand")}</a>`
        }
      </div>
    </ws-problem>`;
  }
}
