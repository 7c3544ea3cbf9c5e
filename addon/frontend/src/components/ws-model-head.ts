import { mdiDelete, mdiDownload, mdiPlus, mdiSend } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { say } from "../announce";
import * as client from "../api/client";
import { apiUrl } from "../api/http";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import type { Model } from "../api/types";
import { attempt } from "../errors";
import { formatBytes, formatWhen } from "../i18n/format";
import { translate } from "../i18n/translate";
import { goTo, linkTo } from "../router";
import { badge } from "../styles/badge";
import { shared } from "../styles/shared";
import "./ws-icon";

/** A model's name and what can be done with it. */
@customElement("ws-model-head")
export class WsModelHead extends LitElement {
  @property({ attribute: false }) model!: Model;
  /** Least version of ESPHome that runs it, "" while it is not known. */
  @property() least = "";
  readonly controller = new LiveController(this);
  static override styles = [
    ...shared,
    badge,
    css`
      .head {
        min-height: 72px;
        align-items: flex-start;
      }
      .head .grow {
        flex: 1 1 240px;
      }
      .badge {
        display: inline-block;
        vertical-align: 4px;
        margin-inline-start: 8px;
      }
    `,
  ];

  private async discard(model: Model): Promise<void> {
    await attempt(async () => {
      await client.deleteModel(model.id);
      live.forget("model", model.id);
      goTo("home");
      say({
        text: translate("model.deleted", { id: model.id }),
        undo: async () => {
          await client.restoreModel(model.id);
          live.put({ model });
        },
      });
    });
  }

  override render() {
    const { model, least } = this;
    const about = [
      translate("model.version", { n: model.version }),
      formatWhen(model.created),
      formatBytes(model.size),
      model.id,
    ];
    if (least) about.push(translate("model.least", { version: least }));
    const published = live.fleet.publications.get(model.word)?.model === model.id;
    return html`<div class="row head">
      <div class="grow">
        <h1>
          ${model.phrase}${published ? html`<span class="badge">${translate("publication.badge")}</span>` : nothing}
        </h1>
        <p class="soft">
          ${about.join(" · ")}
          ${
            model.job && live.jobs.has(model.job)
              ? html` · <a href=${linkTo("job", model.job)}>${translate("model.made")}</a>`
              : nothing
          }
        </p>
      </div>
      <div class="row">
        <a class="button filled" href=${linkTo("send", model.id)}>
          <ws-icon .path=${mdiSend}></ws-icon>${translate("send.to")}
        </a>
        <a class="button outlined" href=${apiUrl(`models/${model.id}/download`)} download>
          <ws-icon .path=${mdiDownload}></ws-icon>${translate("model.download")}
        </a>
        <a class="button outlined" href=${`${linkTo("create")}?phrase=${encodeURIComponent(model.phrase)}`}>
          <ws-icon .path=${mdiPlus}></ws-icon>${translate("model.again")}
        </a>
        <button class="outlined danger" @click=${() => this.discard(model)}>
          <ws-icon .path=${mdiDelete}></ws-icon>${translate("delete")}
        </button>
      </div>
    </div>`;
  }
}
