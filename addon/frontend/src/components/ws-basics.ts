import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { JobRequest } from "../api/types";
import { formatNumber, nameLanguage } from "../i18n/format";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";

const SPOKEN = [
  "auto",
  "en",
  "de",
  "fr",
  "es",
  "it",
  "nl",
  "pt",
  "pl",
  "sv",
  "da",
  "nb",
  "cs",
  "ru",
  "uk",
  "tr",
  "zh",
];

/** Language and the target for false accepts. Emits `change` with the request's changed parts. */
@customElement("ws-basics")
export class WsBasics extends LitElement {
  @property({ attribute: false }) request!: JobRequest;
  static override styles = [
    ...shared,
    css`
      .choices {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr));
        gap: 20px 32px;
      }
    `,
  ];

  private tell(change: Partial<JobRequest>): void {
    this.dispatchEvent(new CustomEvent<Partial<JobRequest>>("change", { detail: change }));
  }

  override render() {
    const target = this.request.false_accepts_per_hour ?? 0.5;
    const language = this.request.language ?? "auto";
    return html`<div class="choices">
      <div class="field">
        <label for="language">${translate("advanced.language")}</label>
        <select
          id="language"
          aria-describedby="language-help"
          @change=${(event: Event) => this.tell({ language: (event.target as HTMLSelectElement).value })}
        >
          ${SPOKEN.map(
            (code) => html`<option value=${code} ?selected=${code === language}>${nameLanguage(code)}</option>`,
          )}
        </select>
        <p class="soft" id="language-help">${translate("advanced.language_help")}</p>
      </div>
      <div class="field">
        <div class="row">
          <label class="grow" for="target">${translate("advanced.target")}</label>
          <output class="soft number">${translate("advanced.per_hour", { rate: formatNumber(target, 1) })}</output>
        </div>
        <input
          id="target"
          type="range"
          min="0.1"
          max="5"
          step="0.1"
          aria-describedby="target-help"
          .value=${String(target)}
          @input=${(event: Event) =>
            this.tell({ false_accepts_per_hour: (event.target as HTMLInputElement).valueAsNumber })}
        />
        <p class="soft" id="target-help">${translate("advanced.target_help")}</p>
      </div>
    </div>`;
  }
}
