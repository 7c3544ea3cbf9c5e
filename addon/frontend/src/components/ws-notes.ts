import { css, html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { say } from "../announce";
import { noteModel } from "../api/client";
import { live } from "../api/live";
import type { Model } from "../api/types";
import { attempt } from "../errors";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";

/** Notes on a version, and its sisters. */
@customElement("ws-notes")
export class WsNotes extends LitElement {
  @property({ attribute: false }) model!: Model;
  @state() private draft: string | null = null;
  static override styles = [
    ...shared,
    css`
      button {
        justify-self: start;
      }
    `,
  ];

  private async save(): Promise<void> {
    const { draft } = this;
    if (draft === null) return;
    await attempt(async () => {
      live.put({ model: await noteModel(this.model.id, draft) });
      this.draft = null;
      say({ text: translate("notes.saved") });
    });
  }

  override render() {
    return html`<div class="stack tight">
      <label for="notes">${translate("notes.title")}</label>
      <textarea
        id="notes"
        rows="4"
        maxlength="4000"
        placeholder=${translate("notes.placeholder")}
        .value=${this.draft ?? this.model.notes}
        @input=${(event: Event) => (this.draft = (event.target as HTMLTextAreaElement).value)}
      ></textarea>
      <button class="outlined" ?disabled=${this.draft === null} @click=${this.save}>${translate("save")}</button>
    </div>`;
  }
}
