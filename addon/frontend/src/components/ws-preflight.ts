import { mdiAlertCircle, mdiCheckCircle, mdiInformationOutline } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { Preflight } from "../api/types";
import { formatDuration } from "../i18n/format";
import { tell, type Told } from "../i18n/told";
import { hasText, translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-icon";
import "./ws-problem";

/** The dialogue while it is open. */
export interface Asked {
  found: Preflight | null;
  error: Told | null;
  starting: boolean;
}

/** What a training will need, before it starts. Emits `start` and `close`. */
@customElement("ws-preflight")
export class WsPreflight extends LitElement {
  @property() phrase = "";
  /** Null while it is being found out. */
  @property({ attribute: false }) found: Preflight | null = null;
  @property({ attribute: false }) error: Told | null = null;
  @property({ type: Boolean }) starting = false;
  @query("dialog") private dialog!: HTMLDialogElement;
  static override styles = [
    ...shared,
    css`
      dialog {
        border: 0;
        border-radius: 20px;
        padding: 24px;
        width: min(520px, calc(100vw - 32px));
        background: var(--ws-card);
        color: var(--ws-text);
        box-shadow: 0 8px 40px rgb(0 0 0 / 0.35);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.5);
      }
      .checks {
        min-height: 176px;
        align-content: start;
      }
      li {
        display: flex;
        gap: 12px;
      }
      .actions {
        display: flex;
        justify-content: flex-end;
        gap: 8px;
      }
      li p::first-letter {
        text-transform: uppercase;
      }
      strong {
        font-weight: 500;
      }
      .skeleton {
        height: 40px;
      }
    `,
  ];

  override firstUpdated(_: PropertyValues) {
    this.dialog.showModal();
  }

  override render() {
    const blocked = this.found?.checks.some((check) => check.ok === false) ?? false;
    return html`<dialog aria-labelledby="title" @close=${() => this.dispatchEvent(new Event("close"))}>
      <div class="stack">
        <h2 id="title">${translate("preflight.title", { phrase: this.phrase })}</h2>
        ${
          this.error
            ? html`<ws-problem .message=${this.error.message} .hint=${this.error.hint}></ws-problem>`
            : this.renderChecks()
        }
        ${blocked ? html`<p class="soft">${translate("preflight.blocked")}</p>` : nothing}
        <div class="actions">
          <button @click=${() => this.dialog.close()}>${translate("cancel")}</button>
          <button
            class="filled"
            ?disabled=${!this.found || this.starting}
            @click=${() => this.dispatchEvent(new Event("start"))}
          >
            ${translate(blocked ? "preflight.start_anyway" : "preflight.start")}
          </button>
        </div>
      </div>
    </dialog>`;
  }

  private renderChecks() {
    if (!this.found) {
      return html`<div class="stack tight checks" aria-busy="true">
        ${[1, 2, 3, 4].map(() => html`<div class="skeleton"></div>`)}
      </div>`;
    }
    const { minutes, checks } = this.found;
    return html`<div class="stack">
      ${minutes === null ? nothing : html`<p>${translate("preflight.time", { time: formatDuration(60 * minutes) })}</p>`}
      <ul class="stack tight checks">
        ${checks.map(
          (check) =>
            html`<li>
              <ws-icon
                class=${check.ok === null ? "soft" : check.ok ? "good" : "bad"}
                .path=${check.ok === null ? mdiInformationOutline : check.ok ? mdiCheckCircle : mdiAlertCircle}
              ></ws-icon>
              <div>
                <strong>${this.name(check.name)}</strong>
                <span class="hidden">${translate(check.ok === false ? "preflight.missing" : "preflight.ok")}</span>
                <p class="soft">${Object.values(tell(check, "check")).join(" ")}</p>
              </div>
            </li>`,
        )}
      </ul>
    </div>`;
  }

  private name(name: string): string {
    const key = `preflight.check.${name}`;
    return hasText(key) ? translate(key) : name;
  }
}
