import { mdiChevronRight } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "../api/live";
import type { Model } from "../api/types";
import { formatWhen } from "../i18n/format";
import { translate } from "../i18n/translate";
import { inHundred } from "../i18n/words";
import { linkTo } from "../router";
import { badge } from "../styles/badge";
import { shared } from "../styles/shared";
import "./ws-icon";

/** A finished wake word in the list. */
@customElement("ws-model-card")
export class WsModelCard extends LitElement {
  @property({ attribute: false }) model!: Model;
  static override styles = [
    ...shared,
    badge,
    css`
      a {
        display: grid;
        gap: 8px;
        min-height: 136px;
        align-content: start;
        text-decoration: none;
        color: inherit;
      }
      a:hover {
        background: color-mix(in srgb, var(--ws-text) 3%, var(--ws-card));
      }
      a:focus-visible {
        border-radius: var(--ws-radius);
      }
      .row {
        flex-wrap: nowrap;
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
    return html`<a class="card" href=${linkTo("model", model.id)}>
      <span class="row">
        <h3 class="grow">${model.phrase}</h3>
        <span class="version">${translate("model.version", { n: model.version })}</span>
        <ws-icon class="soft" .path=${mdiChevronRight}></ws-icon>
      </span>
      <span>${heard}</span>
      <span class="soft"
        >${published ? html`<span class="badge">${translate("publication.badge")}</span> ` : nothing}${formatWhen(model.created)}${model.notes ? ` · ${model.notes.slice(0, 60)}` : ""}</span
      >
    </a>`;
  }
}
