import { css, html, LitElement } from "lit";
import { customElement, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { listProfiles, readSystem } from "../api/client";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import type { Profile, System } from "../api/types";
import "../components/ws-data-sets";
import "../components/ws-home";
import "../components/ws-options";
import "../components/ws-profiles";
import "../components/ws-system";
import "../components/ws-voices";
import { attempt } from "../errors";
import { translate, type TextKey } from "../i18n/translate";
import { shared } from "../styles/shared";

/** Choices, data, voices, the machine and its disk. */
@customElement("ws-settings-page")
export class WsSettingsPage extends LitElement {
  @state() private system: System | null = null;
  @state() private profiles: Profile[] | null = null;
  /** How often the connection came back: what loads itself is then made anew. */
  @state() private again = 0;
  readonly controller = new LiveController(this);
  static override styles = [
    ...shared,
    css`
      .wait {
        height: 640px;
      }
    `,
  ];

  override connectedCallback() {
    super.connectedCallback();
    live.addEventListener("snapshot", this.reload);
    this.load();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    live.removeEventListener("snapshot", this.reload);
  }

  private load(): void {
    void this.loadSystem();
    void this.loadProfiles();
  }

  /** Connected again: what is here may be old. */
  private readonly reload = (): void => {
    this.load();
    this.again += 1;
  };

  private async loadSystem(): Promise<void> {
    this.system = (await attempt(readSystem)) ?? this.system;
  }

  private async loadProfiles(): Promise<void> {
    this.profiles = (await attempt(listProfiles)) ?? [];
  }

  override render() {
    return keyed(
      this.again,
      html`<div class="stack">
        <h1>${translate("settings.title")}</h1>
        ${this.system && this.profiles && live.loaded ? this.renderCards(this.system, this.profiles) : html`<div class="skeleton wait" aria-busy="true"></div>`}
      </div>`,
    );
  }

  /** What answers late, and is of any length, stands last in its column: nothing moves when it comes. */
  private renderCards(system: System, profiles: Profile[]) {
    return html`<div class="pair top">
      <div class="stack">
        ${this.renderCard("settings.general", html`<ws-options .lanPort=${system.lan_port}></ws-options>`)}
        ${this.renderCard("house.title", html`<ws-home></ws-home>`, "house.help")}
        ${this.renderCard(
          "storage.title",
          html`<ws-system section="storage" .system=${system} @cleaned=${() => this.loadSystem()}></ws-system>`,
        )}
        ${this.renderCard("data.title", html`<ws-data-sets></ws-data-sets>`, "data.help")}
      </div>
      <div class="stack">
        ${this.renderCard(
          "hardware.title",
          html`<ws-system section="hardware" .system=${system}></ws-system> <ws-data-sets of="gpu"></ws-data-sets>`,
        )}
        ${this.renderCard(
          "profiles.title",
          html`<ws-profiles .profiles=${profiles} @saved=${() => this.loadProfiles()}></ws-profiles>`,
        )}
        ${this.renderCard("about.title", html`<ws-system section="about" .system=${system}></ws-system>`, "about.help")}
        ${this.renderCard("voices.installed", html`<ws-voices></ws-voices>`, "voices.installed_help")}
      </div>
    </div>`;
  }

  private renderCard(title: TextKey, content: unknown, help?: TextKey) {
    return html`<section class="card stack">
      <h2>${translate(title)}</h2>
      ${help ? html`<p class="soft">${translate(help)}</p>` : ""} ${content}
    </section>`;
  }
}
