import { mdiDownload } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { installIntegration } from "../api/client";
import { linkState, type Home } from "../api/fleet";
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
    const state = home ? linkState(home) : "linked";
    if (!home || state === "linked") return nothing;
    const help = state === "absent" && !home.folder ? "elsewhere" : state;
    return html`<ws-problem
      level="warn"
      .message=${translate(`link.${state}`)}
      .hint=${translate(`link.${help}_help`)}
    >
      ${state === "restart" ? nothing : html`<div>${this.renderWay(state === "absent" && home.folder)}</div>`}
    </ws-problem>`;
  }

  private renderWay(installable: boolean) {
    return installable
      ? html`<button class="filled" ?disabled=${this.busy} @click=${() => this.install()}>
          <ws-icon .path=${mdiDownload}></ws-icon>${translate("link.install")}
        </button>`
      : html`<a class="button outlined" href=${linkTo("settings")}>${translate("nav.settings")}</a>`;
  }
}
