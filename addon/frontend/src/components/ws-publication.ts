import { mdiHistory, mdiPublishOff } from "@mdi/js";
import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { say } from "../announce";
import { rollBack, withdrawWord } from "../api/client";
import type { Publication } from "../api/fleet";
import { live } from "../api/live";
import { attempt } from "../errors";
import { formatWhen } from "../i18n/format";
import { translate } from "../i18n/translate";
import { goTo } from "../router";
import { shared } from "../styles/shared";
import { nameWord, renderWord } from "./word-name";
import "./ws-icon";

/** Which version of a word is published, since when; back to the one before, or away with it. */
@customElement("ws-publication")
export class WsPublication extends LitElement {
  @property({ attribute: false }) publication!: Publication;
  /** Whether the next press withdraws. */
  @state() private sure = false;
  @state() private busy = false;
  static override styles = shared;

  private async rollBack(): Promise<void> {
    this.busy = true;
    const deployment = await attempt(() => rollBack(this.publication.word));
    this.busy = false;
    if (!deployment) return;
    live.put({ told: { type: "deployment", deployment } });
    goTo("deployment", deployment.id);
  }

  private async withdraw(): Promise<void> {
    if (!this.sure) {
      this.sure = true;
      return;
    }
    const { word, phrase } = this.publication;
    this.busy = true;
    await attempt(async () => {
      await withdrawWord(word);
      live.forget("publication", word);
      say({ text: translate("publication.withdrawn", { word: phrase }) });
    });
    this.busy = this.sure = false;
  }

  override render() {
    const { model, published, previous, overridden } = this.publication;
    const [before] = previous;
    return html`<div class="stack tight">
      <p>${renderWord(model)} ${translate("publication.since", { when: formatWhen(published) })}</p>
      ${overridden.length ? html`<p class="soft">${translate("publication.overridden")}</p>` : nothing}
      <div class="row">
        ${
          before
            ? html`<button class="outlined" ?disabled=${this.busy} @click=${() => this.rollBack()}>
                <ws-icon .path=${mdiHistory}></ws-icon
                >${translate("publication.rollback", { word: nameWord(before) })}
              </button>`
            : nothing
        }
        <button
          class="outlined danger"
          ?disabled=${this.busy}
          @click=${() => this.withdraw()}
          @blur=${() => (this.sure = false)}
        >
          <ws-icon .path=${mdiPublishOff}></ws-icon
          >${translate(this.sure ? "publication.withdraw_sure" : "publication.withdraw")}
        </button>
      </div>
    </div>`;
  }
}
