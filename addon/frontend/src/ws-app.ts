import { mdiCog, mdiHome, mdiMicrophoneMessage, mdiSpeakerWireless } from "@mdi/js";
import { html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { live } from "./api/live";
import { LiveController } from "./api/live-controller";
import { player } from "./audio/player";
import "./components/ws-icon";
import "./components/ws-toasts";
import { translate, type TextKey } from "./i18n/translate";
import "./pages/create-page";
import "./pages/deployment-page";
import "./pages/home-page";
import "./pages/job-page";
import "./pages/model-page";
import "./pages/recordings-page";
import "./pages/satellites-page";
import "./pages/send-page";
import "./pages/settings-page";
import { linkTo, readPlace, type Place } from "./router";
import { appStyles } from "./styles/app";
import { shared } from "./styles/shared";

const TABS: { page: string; icon: string; text: TextKey; also: string[] }[] = [
  { page: "home", icon: mdiHome, text: "nav.home", also: ["create", "job", "model", "send"] },
  { page: "satellites", icon: mdiSpeakerWireless, text: "nav.satellites", also: ["deployment"] },
  { page: "recordings", icon: mdiMicrophoneMessage, text: "nav.recordings", also: [] },
  { page: "settings", icon: mdiCog, text: "nav.settings", also: [] },
];

/** The frame: tabs, the page that the address names, messages. */
@customElement("ws-app")
export class WsApp extends LitElement {
  @state() private place: Place = readPlace();
  readonly controller = new LiveController(this);
  static override styles = [...shared, appStyles];

  override connectedCallback() {
    super.connectedCallback();
    addEventListener("hashchange", this.follow);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.follow);
  }

  private readonly follow = (): void => {
    this.place = readPlace();
    player.stop();
    scrollTo(0, 0);
    void this.updateComplete.then(() => this.renderRoot.querySelector("main")?.focus({ preventScroll: true }));
  };

  private skip(event: Event): void {
    event.preventDefault(); // the address is the router's
    this.renderRoot.querySelector("main")?.focus();
  }

  override render() {
    const { page } = this.place;
    return html`<a class="skip" href="#main" @click=${this.skip}>${translate("nav.skip")}</a>
      <header>
        <div class="bar">
          <a class="name" href=${linkTo("home")}>Wakesmith</a>
          <nav aria-label=${translate("nav.label")}>
            ${TABS.map(
              (tab) =>
                html`<a
                  href=${linkTo(tab.page)}
                  aria-current=${tab.page === page || tab.also.includes(page) ? "page" : nothing}
                  ><ws-icon .path=${tab.icon}></ws-icon>${translate(tab.text)}</a
                >`,
            )}
          </nav>
        </div>
        ${
          live.loaded && !live.connected
            ? html`<div class="offline" role="status">${translate("offline")}</div>`
            : nothing
        }
      </header>
      <main tabindex="-1">${this.renderPage()}</main>
      <ws-toasts></ws-toasts>`;
  }

  private renderPage() {
    const { page, id, query } = this.place;
    switch (page) {
      case "create":
        return html`<ws-create-page .phrase=${query.get("phrase") ?? ""}></ws-create-page>`;
      case "job":
        return html`<ws-job-page .jobId=${id}></ws-job-page>`;
      case "model":
        return html`<ws-model-page .modelId=${id}></ws-model-page>`;
      case "recordings":
        return html`<ws-recordings-page></ws-recordings-page>`;
      case "satellites":
        return html`<ws-satellites-page></ws-satellites-page>`;
      case "send":
        return html`<ws-send-page .modelId=${id} .to=${query.get("to") ?? ""}></ws-send-page>`;
      case "deployment":
        return html`<ws-deployment-page .deploymentId=${id}></ws-deployment-page>`;
      case "settings":
        return html`<ws-settings-page></ws-settings-page>`;
      default:
        return html`<ws-home-page></ws-home-page>`;
    }
  }
}
