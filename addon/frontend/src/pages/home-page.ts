import { mdiMicrophoneOutline, mdiPlus } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import type { Job, Model } from "../api/types";
import "../components/ws-empty";
import "../components/ws-icon";
import "../components/ws-job-card";
import "../components/ws-model-card";
import "../components/ws-trash";
import { translate } from "../i18n/translate";
import { linkTo } from "../router";
import { shared } from "../styles/shared";
import "./create-page";

const AGO_MS = 7 * 86_400_000;

/** What was made and what is being made. With nothing yet, the field to begin with. */
@customElement("ws-home-page")
export class WsHomePage extends LitElement {
  readonly controller = new LiveController(this);
  static override styles = [
    ...shared,
    css`
      .wait {
        height: 136px;
      }
      .head {
        min-height: 44px;
        justify-content: space-between;
      }
      .sections {
        gap: 32px;
      }
    `,
  ];

  /** Jobs that still want something of the user, or ended lately without a model. */
  private get jobs(): Job[] {
    const order = (job: Job) => (job.state === "running" || job.state === "cancelling" ? -1 : job.position);
    return [...live.jobs.values()]
      .filter(
        (job) =>
          job.state !== "done" && !(job.state === "cancelled" && Date.parse(job.created) < Date.now() - AGO_MS),
      )
      .sort((a, b) => rank(a) - rank(b) || order(a) - order(b) || b.created.localeCompare(a.created));
  }

  /** The newest version of each word; its page leads to the earlier ones. */
  private get models(): Model[] {
    const newest = new Map<string, Model>();
    for (const model of live.models.values()) {
      if (model.version > (newest.get(model.word)?.version ?? 0)) newest.set(model.word, model);
    }
    return [...newest.values()].sort((a, b) => b.created.localeCompare(a.created));
  }

  override render() {
    if (!live.loaded) {
      return html`<div class="stack" aria-busy="true">
        <div class="row head"><h1>${translate("home.words")}</h1></div>
        <div class="tiles">${[1, 2, 3].map(() => html`<div class="skeleton wait"></div>`)}</div>
      </div>`;
    }
    if (!live.jobs.size && !live.models.size) return html`<ws-create-page></ws-create-page>`;
    const models = this.models;
    const jobs = this.jobs;
    return html`<div class="stack sections">
      ${
        jobs.length
          ? html`<section class="stack">
              <h2>${translate("home.jobs")}</h2>
              <div class="tiles">${jobs.map((job) => html`<ws-job-card .job=${job}></ws-job-card>`)}</div>
            </section>`
          : nothing
      }
      <section class="stack">
        <div class="row head">
          <h1>${translate("home.words")}</h1>
          <a class="button filled" href=${linkTo("create")}>
            <ws-icon .path=${mdiPlus}></ws-icon>${translate("home.new")}
          </a>
        </div>
        ${
          models.length
            ? html`<div class="tiles">
                ${models.map((model) => html`<ws-model-card .model=${model}></ws-model-card>`)}
              </div>`
            : html`<div class="card">
                <ws-empty
                  .icon=${mdiMicrophoneOutline}
                  .heading=${translate("home.none")}
                  .text=${translate("home.none_help")}
                ></ws-empty>
              </div>`
        }
      </section>
      <ws-trash what="model"></ws-trash>
    </div>`;
  }
}

function rank(job: Job): number {
  return ["running", "cancelling", "queued", "interrupted", "failed", "cancelled", "done"].indexOf(job.state);
}
