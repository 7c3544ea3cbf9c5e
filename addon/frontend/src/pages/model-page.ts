import { mdiFileChartOutline } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import * as client from "../api/client";
import { apiUrl } from "../api/http";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import type { Report } from "../api/report";
import type { Model } from "../api/types";
import "../components/ws-cautions";
import "../components/ws-facts";
import "../components/ws-guide";
import "../components/ws-hear";
import "../components/ws-icon";
import "../components/ws-model-head";
import "../components/ws-notes";
import "../components/ws-problem";
import "../components/ws-publication";
import "../components/ws-report";
import "../components/ws-sensitivities";
import "../components/ws-try";
import "../components/ws-versions";
import { describeError } from "../errors";
import { translate } from "../i18n/translate";
import { linkTo } from "../router";
import { shared } from "../styles/shared";

/** A finished wake word: how good it is, trying it, taking it away. */
@customElement("ws-model-page")
export class WsModelPage extends LitElement {
  @property() modelId = "";
  @state() private report: Report | null = null;
  @state() private least = ""; // version of ESPHome
  @state() private cutoff = 0;
  @state() private problem: { message: string; hint: string } | null = null;
  readonly controller = new LiveController(this);
  static override styles = [
    ...shared,
    css`
      .wait {
        height: 240px;
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>) {
    if (changed.has("modelId")) void this.load(this.modelId);
  }

  private async load(id: string): Promise<void> {
    this.problem = this.report = null;
    this.cutoff = 0;
    try {
      if (!live.models.has(id)) live.put({ model: await client.readModel(id) });
      const [report, manifest] = await Promise.all([
        client.readReport<Report>(id),
        client.readManifest(id).catch(() => null), // the page does without
      ]);
      if (id !== this.modelId) return;
      this.least = manifest?.micro.minimum_esphome_version ?? "";
      this.report = report;
    } catch (error) {
      if (id === this.modelId) this.problem = describeError(error);
    }
  }

  override render() {
    const model = live.models.get(this.modelId);
    if (!model || !live.loaded) {
      return this.problem
        ? html`<ws-problem .message=${this.problem.message} .hint=${this.problem.hint}>
            <div><a class="button outlined" href=${linkTo("home")}>${translate("nav.back")}</a></div>
          </ws-problem>`
        : html`<div class="stack" aria-busy="true">
            ${[1, 2].map(() => html`<div class="skeleton wait"></div>`)}
          </div>`;
    }
    const cutoff = this.cutoff || model.cutoff;
    return html`<div class="stack">
      <ws-model-head .model=${model} .least=${this.least}></ws-model-head>
      ${this.report || this.problem ? this.renderRest(model, cutoff) : html`<div class="skeleton wait" aria-busy="true"></div>`}
    </div>`;
  }

  /** All that rests on the report comes at once, so that nothing moves. */
  private renderRest(model: Model, cutoff: number) {
    return html`<ws-facts .model=${model} .report=${this.report}></ws-facts>
      ${this.report?.cautions.length ? html`<ws-cautions .cautions=${this.report.cautions}></ws-cautions>` : nothing}
      <section class="card stack">
        <h2>${translate("try.title")}</h2>
        ${
          this.report?.calibration
            ? html`<p class="soft">${translate("sensitivity.help")}</p>
                <ws-sensitivities
                  .sensitivities=${this.report.calibration.sensitivities}
                  .cutoff=${cutoff}
                  @change=${(event: CustomEvent<number>) => (this.cutoff = event.detail)}
                ></ws-sensitivities>`
            : nothing
        }
        <ws-try .model=${model.id} .phrase=${model.phrase} .cutoff=${this.cutoff}></ws-try>
      </section>
      <section class="card stack">
        <h2>${translate("hear.title")}</h2>
        <ws-hear
          .model=${model}
          .others=${[...live.models.values()].filter((other) => other.id !== model.id)}
        ></ws-hear>
      </section>
      ${this.renderReport(cutoff)}
      <section class="card stack">${this.renderVersions(model)}<ws-notes .model=${model}></ws-notes></section>`;
  }

  private renderReport(cutoff: number) {
    if (!this.report) {
      return html`<ws-problem
        level="warn"
        .message=${this.problem?.message ?? ""}
        .hint=${this.problem?.hint ?? ""}
      ></ws-problem>`;
    }
    return html`<div class="row">
        <h2 class="grow">${translate("report.title")}</h2>
        <a class="button" href=${apiUrl(`models/${this.modelId}/report.html`)} target="_blank" rel="noopener">
          <ws-icon .path=${mdiFileChartOutline}></ws-icon>${translate("report.whole")}
        </a>
      </div>
      <ws-report .report=${this.report} .cutoff=${cutoff}></ws-report>
      <ws-guide></ws-guide>`;
  }

  private renderVersions(model: Model) {
    const sisters = [...live.models.values()].filter((other) => other.word === model.word);
    const publication = live.fleet.publications.get(model.word);
    if (sisters.length < 2 && !publication) return nothing;
    return html`<h2>${translate("model.versions")}</h2>
      ${publication ? html`<ws-publication .publication=${publication}></ws-publication>` : nothing}
      <ws-versions .model=${model} .versions=${sisters} .published=${publication?.model ?? ""}></ws-versions>`;
  }
}
