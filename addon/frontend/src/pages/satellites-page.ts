import { mdiRefresh, mdiSpeakerWireless } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { refreshSatellites } from "../api/client";
import { isUnderWay, type Deployment, type Satellite } from "../api/fleet";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import "../components/ws-deployment-line";
import "../components/ws-empty";
import "../components/ws-home-caution";
import "../components/ws-icon";
import "../components/ws-satellite";
import { attempt } from "../errors";
import { currentLanguage, translate } from "../i18n/translate";
import { shared } from "../styles/shared";

const SHOWN = 4; // deployments that have ended

/** The devices of the house, and what was sent to them. */
@customElement("ws-satellites-page")
export class WsSatellitesPage extends LitElement {
  @state() private busy = false;
  @state() private all = false;
  readonly controller = new LiveController(this);
  static override styles = [
    ...shared,
    css`
      .wait {
        height: 232px;
      }
      .head {
        min-height: 72px;
        align-items: flex-start;
      }
      .head .grow {
        flex: 1 1 240px;
      }
    `,
  ];

  private async refresh(): Promise<void> {
    this.busy = true;
    const satellites = await attempt(refreshSatellites);
    if (satellites) live.put({ told: { type: "satellites", satellites } });
    this.busy = false;
  }

  /** Those that take words first, then by room and name. */
  private get satellites(): Satellite[] {
    const { compare } = new Intl.Collator(currentLanguage(), { numeric: true });
    const last = (one: Satellite) => Number(one.delivery === "none");
    return [...live.fleet.satellites.values()].sort(
      (a, b) => last(a) - last(b) || compare(a.room, b.room) || compare(a.name, b.name),
    );
  }

  override render() {
    return html`<div class="stack">
      <div class="row head">
        <div class="grow">
          <h1>${translate("satellites.title")}</h1>
          <p class="soft">${translate("satellites.help")}</p>
        </div>
        <button class="outlined" ?disabled=${this.busy} @click=${() => this.refresh()}>
          <ws-icon .path=${mdiRefresh}></ws-icon
          >${translate(this.busy ? "satellites.searching" : "satellites.search")}
        </button>
      </div>
      ${live.loaded ? this.renderHouse() : html`<div class="tiles" aria-busy="true">${[1, 2, 3].map(() => html`<div class="skeleton wait"></div>`)}</div>`}
    </div>`;
  }

  private renderHouse() {
    const satellites = this.satellites;
    const { latest } = live.fleet;
    return html`<ws-home-caution .home=${live.fleet.home}></ws-home-caution>
      ${this.renderDeployments("now", latest.filter(isUnderWay))}
      ${
        satellites.length
          ? html`<div class="tiles" role="list" aria-label=${translate("satellites.title")}>
              ${satellites.map((one) => html`<ws-satellite role="listitem" .satellite=${one}></ws-satellite>`)}
            </div>`
          : html`<div class="card">
              <ws-empty
                .icon=${mdiSpeakerWireless}
                .heading=${translate("satellites.none")}
                .text=${translate("satellites.none_help")}
              ></ws-empty>
            </div>`
      }
      ${this.renderDeployments(
        "title",
        latest.filter((one) => !isUnderWay(one)),
      )}`;
  }

  private renderDeployments(title: "now" | "title", some: Deployment[]) {
    if (!some.length) return nothing;
    const long = title === "title" && some.length > SHOWN;
    const shown = long && !this.all ? some.slice(0, SHOWN) : some;
    return html`<section class="card stack tight">
      <h2>${translate(`deployment.${title}`)}</h2>
      <ul class="lines">
        ${shown.map((one) => html`<li><ws-deployment-line .deployment=${one}></ws-deployment-line></li>`)}
      </ul>
      ${
        long
          ? html`<div>
              <button aria-expanded=${this.all} @click=${() => (this.all = !this.all)}>
                ${this.all ? translate("deployment.fewer") : translate("deployment.all", { n: some.length })}
              </button>
            </div>`
          : nothing
      }
    </section>`;
  }
}
