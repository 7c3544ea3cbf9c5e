import { mdiContentCopy, mdiDownload } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { say } from "../announce";
import * as client from "../api/client";
import { linkState, type Home } from "../api/fleet";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import { attempt } from "../errors";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-icon";
import "./ws-progress";

/** How this app and Home Assistant stand to each other, and what can be done about it. */
@customElement("ws-home")
export class WsHome extends LitElement {
  @state() private busy = false;
  readonly controller = new LiveController(this);
  static override styles = [
    ...shared,
    css`
      .skeleton {
        height: 320px;
      }
      .line {
        flex-wrap: wrap;
      }
      .what {
        flex: 1 1 220px;
        overflow-wrap: anywhere;
      }
      summary {
        cursor: pointer;
        min-height: 28px;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 4px 16px;
        align-items: center;
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];

  private async act(work: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    await attempt(work);
    this.busy = false;
  }

  private async copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text).then(
      () => say({ text: translate("house.copied") }),
      () => say({ text: translate("house.not_copied"), bad: true }), // browsers allow it on HTTPS or localhost only
    );
  }

  override render() {
    const { home } = live.fleet;
    if (!home) return live.loaded ? nothing : html`<div class="skeleton" aria-busy="true"></div>`;
    return html`<ul class="lines">
        ${this.renderIntegration(home)} ${this.renderMqtt(home)} ${this.renderEsphome(home)}
      </ul>
      ${this.renderLink(home)}`;
  }

  private renderLine(
    name: string,
    state: string,
    tone: string,
    more: string,
    action: unknown = nothing,
    percent?: number | null,
  ) {
    return html`<li class="line">
      <div class="what">
        ${name} · <span class=${tone}>${state}</span>${more ? html`<br /><span class="soft">${more}</span>` : nothing}
        ${percent === undefined ? nothing : html`<ws-progress .done=${percent ?? 0} .total=${percent === null ? 0 : 100} .label=${name}></ws-progress>`}
      </div>
      ${action}
    </li>`;
  }

  private renderIntegration(home: Home) {
    const { installed, version, offered, linked_version, home_assistant, needs_restart } = home.integration;
    const state = linkState(home);
    const older = installed && offered !== null && version !== offered;
    const help =
      state === "linked"
        ? needs_restart
          ? "restart"
          : ""
        : state === "absent" && !home.folder
          ? "elsewhere"
          : state;
    const more = [
      (linked_version ?? version) ? translate("house.version", { version: linked_version ?? version ?? "" }) : "",
      home_assistant && `Home Assistant ${home_assistant}`,
      help && translate(`link.${help}_help`),
    ];
    const get = html`<button
      class="outlined"
      ?disabled=${this.busy}
      @click=${() => this.act(client.installIntegration)}
    >
      <ws-icon .path=${mdiDownload}></ws-icon>${translate(older ? "house.update" : "link.install")}
    </button>`;
    const away = html`<button ?disabled=${this.busy} @click=${() => this.act(client.removeIntegration)}>
      ${translate("house.remove")}<span class="hidden"> ${translate("house.integration")}</span>
    </button>`;
    return this.renderLine(
      translate("house.integration"),
      translate(`house.integration.${state}`),
      state === "linked" ? "good" : "warn",
      more.filter(Boolean).join(" · "),
      home.folder
        ? html`${older || !(installed || home.integration.linked) ? get : nothing} ${installed ? away : nothing}`
        : nothing,
    );
  }

  private renderMqtt({ mqtt }: Home) {
    const tone = { connected: "good", connecting: "soft", off: "soft", refused: "bad" }[mqtt.state];
    const more = [mqtt.address, mqtt.message, mqtt.state === "off" ? translate("house.mqtt.off_help") : ""];
    return this.renderLine("MQTT", translate(`house.mqtt.${mqtt.state}`), tone, more.filter(Boolean).join(" · "));
  }

  private renderEsphome({ dashboard, esphome }: Home) {
    const state = dashboard ? "dashboard" : esphome.state;
    const more = dashboard
      ? ""
      : esphome.state === "here"
        ? translate("house.version", { version: esphome.version })
        : [esphome.message, translate("house.esphome.own_help")].filter(Boolean).join(" ");
    const action =
      esphome.state === "here"
        ? html`<button ?disabled=${this.busy} @click=${() => this.act(client.removeEsphome)}>
            ${translate("house.remove")}<span class="hidden"> ESPHome</span>
          </button>`
        : dashboard || esphome.state === "installing"
          ? nothing
          : html`<button class="outlined" ?disabled=${this.busy} @click=${() => this.act(client.installEsphome)}>
              <ws-icon .path=${mdiDownload}></ws-icon>${translate("house.esphome.allow")}
            </button>`;
    const tone = dashboard || esphome.state === "here" ? "good" : "soft";
    return this.renderLine(
      "ESPHome",
      translate(`house.esphome.${state}`),
      tone,
      more,
      action,
      state === "installing" ? (esphome.percent ?? null) : undefined,
    );
  }

  /** For whoever runs Home Assistant elsewhere. */
  private renderLink({ link }: Home) {
    const address = `${location.hostname}:${link.port}`;
    const row = (name: "house.address" | "house.token", value: string) =>
      html`<dt class="soft">${translate(name)}</dt>
        <dd class="number">${value}</dd>
        <dd>
          <button
            class="icon"
            aria-label=${translate("house.copy", { name: translate(name) })}
            @click=${() => this.copy(value)}
          >
            <ws-icon .path=${mdiContentCopy}></ws-icon>
          </button>
        </dd>`;
    return html`<details>
      <summary>${translate("link.by_hand")}</summary>
      <p class="soft">${translate("house.by_hand_help")}</p>
      <dl>${row("house.address", address)} ${row("house.token", link.token)}</dl>
    </details>`;
  }
}
