import { css, html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { changeSettings, readSettings } from "../api/client";
import type { Settings } from "../api/types";
import { attempt } from "../errors";
import { nameLanguage } from "../i18n/format";
import { LANGUAGES, translate } from "../i18n/translate";
import { shared } from "../styles/shared";

const MOST_TRAININGS = 8; // as the option allows

/** Choices that hold everywhere. */
@customElement("ws-options")
export class WsOptions extends LitElement {
  @property({ type: Number }) lanPort = 0;
  @state() private settings: Settings | null = null;
  static override styles = [
    ...shared,
    css`
      .skeleton {
        height: 327px; /* what comes in its place, in English, so that nothing below moves */
      }
      @media (width < 600px) {
        .skeleton {
          height: 369px;
        }
      }
      .choices {
        display: grid;
        gap: 20px;
      }
      .check {
        display: flex;
        gap: 12px;
        align-items: center;
        min-height: 40px;
      }
    `,
  ];

  override connectedCallback() {
    super.connectedCallback();
    void attempt(readSettings).then((settings) => (this.settings = settings ?? null));
  }

  private async change(change: Partial<Settings>): Promise<void> {
    this.settings = (await attempt(() => changeSettings(change))) ?? this.settings;
    this.requestUpdate();
  }

  private chooseLanguage(code: string): void {
    if (code) localStorage.setItem("wakesmith.language", code);
    else localStorage.removeItem("wakesmith.language");
    location.reload();
  }

  override render() {
    const { settings } = this;
    if (!settings) return html`<div class="skeleton" aria-busy="true"></div>`;
    const chosen = localStorage.getItem("wakesmith.language") ?? "";
    return html`<div class="choices">
      <div class="field">
        <label for="language">${translate("settings.language")}</label>
        <select
          id="language"
          @change=${(event: Event) => this.chooseLanguage((event.target as HTMLSelectElement).value)}
        >
          <option value="">${translate("settings.language_auto")}</option>
          ${LANGUAGES.map(
            (code) => html`<option value=${code} ?selected=${code === chosen}>${nameLanguage(code)}</option>`,
          )}
        </select>
      </div>
      <div class="field">
        <label for="concurrent">${translate("option.concurrent")}</label>
        <select
          id="concurrent"
          aria-describedby="concurrent-help"
          @change=${(event: Event) => this.change({ concurrent: Number((event.target as HTMLSelectElement).value) })}
        >
          ${Array.from({ length: MOST_TRAININGS }, (_, i) => i + 1).map((n) => html`<option value=${n} ?selected=${n === settings.concurrent}>${n}</option>`)}
        </select>
        <p class="soft" id="concurrent-help">${translate("option.concurrent_help")}</p>
      </div>
      <div>
        <label class="check">
          <input
            type="checkbox"
            role="switch"
            aria-describedby="lan-help"
            .checked=${settings.lan}
            @change=${(event: Event) => this.change({ lan: (event.target as HTMLInputElement).checked })}
          />
          ${translate("option.lan")}
        </label>
        <p class="soft" id="lan-help">
          ${translate("option.lan_help")} ${translate("settings.lan_port", { port: String(this.lanPort || "–") })}
        </p>
      </div>
    </div>`;
  }
}
