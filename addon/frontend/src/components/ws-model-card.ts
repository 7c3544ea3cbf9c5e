import { mdiSend } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import type { Model } from "../api/types";
import { formatWhen } from "../i18n/format";
import { translate } from "../i18n/translate";
import { inHundred } from "../i18n/words";
import { linkTo } from "../router";
import { badge } from "../styles/badge";
import { shared } from "../styles/shared";
import "./ws-icon";

/** A finished wake word in the list: all of it leads to its page, the button to sending it. */
@customElement("ws-model-card")
export class WsModelCard extends LitElement {
  @property({ attribute: false }) model!: Model;
  readonly controller = new LiveController(this);
  static override styles = [
    ...shared,
    badge,
    css`
      article {
        position: relative;
        display: grid;
        gap: 8px;
        min-height: 136px;
        align-content: start;
      }
      article:has(.page:hover) {
        background: color-mix(in srgb, var(--ws-text) 3%, var(--ws-card));
      }
      .page {
        color: inherit;
        text-decoration: none;
      }
      .page::after {
        content: "";
        position: absolute;
        inset: 0;
        border-radius: var(--ws-radius);
      }
      .page:focus-visible {
        outline: none;
      }
      .page:focus-visible::after {
        outline: 2px solid var(--ws-link);
        outline-offset: 2px;
      }
      .row {
        flex-wrap: nowrap;
      }
      .send {
        position: relative;
        margin: -8px -8px -8px 0;
        white-space: nowrap;
      }
      h3 {
        font-size: 18px;
        overflow-wrap: anywhere;
      }
      .version {
        font-size: 12px;
        font-weight: 500;
        border-radius: 9999px;
        padding: 2px 10px;
        background: var(--ws-raised);
        color: var(--ws-text);
      }
    `,
  ];

  override render() {
    const { model } = this;
    const published = live.fleet.publications.get(model.word)?.model === model.id;
    const heard =
      model.recall === null
        ? translate("words.recall_unknown")
        : translate("words.recall", { count: inHundred(model.recall) });
    return html`<article class="card">
      <div class="row">
        <h3 class="grow"><a class="page" href=${linkTo("model", model.id)}>${model.phrase}</a></h3>
        <span class="version">${translate("model.version", { n: model.version })}</span>
      </div>
      <p>${heard}</p>
      <div class="row">
        <p class="soft grow">
          ${published ? html`<span class="badge">${translate("publication.badge")}</span>` : nothing}
          ${formatWhen(model.created)}${model.notes ? ` · ${model.notes.slice(0, 60)}` : ""}
        </p>
        <a class="button send" href=${linkTo("send", model.id)}>
          <ws-icon .path=${mdiSend}></ws-icon>${translate("send.to")}<span class="hidden"> ${model.phrase}</span>
        </a>
      </div>
    </article>`;
  }
}
