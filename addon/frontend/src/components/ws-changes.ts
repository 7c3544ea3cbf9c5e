import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Change } from "../api/fleet";
import { live } from "../api/live";
import { tell } from "../i18n/told";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-diff";
import "./ws-problem";

/** What sending would change on each satellite, before anything is touched. */
@customElement("ws-changes")
export class WsChanges extends LitElement {
  /** Null while they are found out. */
  @property({ attribute: false }) changes: Change[] | null = null;
  static override styles = [
    ...shared,
    css`
      ul.notes {
        list-style: disc;
        padding-inline-start: 20px;
      }
      .skeleton {
        height: 120px;
      }
    `,
  ];

  override render() {
    if (!this.changes) return html`<div class="skeleton" aria-busy="true"></div>`;
    return html`<div class="stack">${this.changes.map((change) => this.renderChange(change))}</div>`;
  }

  private renderChange({ satellite, delivery, diff, notes, error }: Change) {
    const known = live.fleet.satellites.get(satellite);
    const name = known?.name ?? satellite;
    const told = error && tell(error, "satellite", "error");
    return html`<section class="stack tight">
      <h3>${name}</h3>
      ${told ? html`<ws-problem .message=${told.message} .hint=${told.hint}></ws-problem>` : nothing}
      ${
        diff
          ? html`<p class="soft">${translate("changes.file", { file: known?.configuration ?? "YAML" })}</p>
              <ws-diff .diff=${diff} .name=${known?.configuration ?? name}></ws-diff>`
          : error
            ? nothing
            : html`<p class="soft">${translate(delivery === "external" ? "changes.external" : "changes.none")}</p>`
      }
      ${
        notes.length
          ? html`<ul class="notes soft">
              ${notes.map((note) => html`<li>${Object.values(tell(note, "note")).join(" ")}</li>`)}
            </ul>`
          : nothing
      }
    </section>`;
  }
}
