import { html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import type { Job } from "../api/types";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { nameSatellites } from "./word-name";
import "./ws-deployment-line";

/** Where a training's model goes, or went, when it is done; nothing where no satellite was chosen. */
@customElement("ws-sending")
export class WsSending extends LitElement {
  @property({ attribute: false }) job!: Job;
  readonly controller = new LiveController(this);
  static override styles = shared;

  override render() {
    const { model, request, state } = this.job;
    const sent = live.fleet.latest.filter((one) => one.kind === "send" && one.model === model);
    if (!request.satellites?.length) return nothing;
    if (state === "done" && !sent.length) return nothing; // so long ago that it is not listed any more
    return html`<section class="card stack tight">
      <h2>${translate("satellites.title")}</h2>
      ${
        sent.length
          ? sent.map((one) => html`<ws-deployment-line .deployment=${one}></ws-deployment-line>`)
          : html`<p class="soft">${translate("along.waits", { names: nameSatellites(request.satellites) })}</p>`
      }
    </section>`;
  }
}
