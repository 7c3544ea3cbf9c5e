import { mdiPlus } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import * as client from "../api/client";
import { ApiError } from "../api/http";
import { live } from "../api/live";
import type { DataSet } from "../api/types";
import { attempt, describeError } from "../errors";
import { nameLanguage } from "../i18n/format";
import { currentLanguage, translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { downloadStyles, renderDownload } from "./download-line";
import "./ws-icon";
import "./ws-problem";

const UNREACHED = ["unreachable", "slow"];

/** More voices, from the public catalogue, which is asked only when the user wants it. Emits `changed`. */
@customElement("ws-voice-catalogue")
export class WsVoiceCatalogue extends LitElement {
  @state() private voices: DataSet[] | null = null;
  @state() private language = "";
  @state() private busy = false;
  @state() private problem: { message: string; hint: string } | null = null;
  static override styles = [
    ...shared,
    downloadStyles,
    css`
      .skeleton {
        height: 76px;
      }
    `,
  ];

  override connectedCallback() {
    super.connectedCallback();
    live.addEventListener("data", this.heard);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    live.removeEventListener("data", this.heard);
  }

  private readonly heard = (event: Event): void => {
    const { data } = (event as CustomEvent<{ data: DataSet }>).detail;
    if (data.kind !== "voice") return;
    const before = this.voices?.find(({ name }) => name === data.name);
    this.take([data]);
    if (before?.state !== data.state) this.dispatchEvent(new Event("changed"));
  };

  private take(rows: DataSet[]): void {
    const known = new Map(this.voices?.map((voice) => [voice.name, voice]));
    for (const row of rows) known.set(row.name, row);
    this.voices = [...known.values()];
  }

  private async open(): Promise<void> {
    if (!(await this.load())) return;
    const codes = this.languages();
    const own = codes.find((code) => code.startsWith(currentLanguage()));
    await this.choose(own ?? codes[0] ?? "");
  }

  private async choose(language: string): Promise<void> {
    this.language = language;
    if (language) await this.load(language); // with their licences
  }

  private async load(language = ""): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    try {
      this.take(await client.listCatalogue(language));
      return true;
    } catch (error) {
      const told = describeError(error);
      const offline = error instanceof ApiError && UNREACHED.includes(error.code);
      this.problem = offline ? { message: translate("catalogue.offline"), hint: told.message } : told;
      return false;
    } finally {
      this.busy = false;
    }
  }

  private languages(): string[] {
    return [...new Set(this.voices?.map((voice) => voice.language ?? ""))].sort((a, b) =>
      nameVoiceLanguage(a).localeCompare(nameVoiceLanguage(b), currentLanguage()),
    );
  }

  override render() {
    return html`<div class="stack tight" aria-busy=${this.busy}>
      ${
        this.problem
          ? html`<ws-problem level="warn" .message=${this.problem.message} .hint=${this.problem.hint}></ws-problem>`
          : nothing
      }
      ${this.voices ? this.renderVoices() : this.renderOffer()}
    </div>`;
  }

  private renderOffer() {
    if (this.busy) return html`<div class="skeleton"></div>`;
    return html`<div>
        <button class="outlined" @click=${() => this.open()}>
          <ws-icon .path=${mdiPlus}></ws-icon>${translate("catalogue.open")}
        </button>
      </div>
      <p class="soft">${translate("catalogue.help")}</p>`;
  }

  private renderVoices() {
    const known = this.voices?.filter((voice) => voice.language === this.language) ?? [];
    const shown = known.filter((voice) => voice.licence || voice.state !== "absent"); // no licence, no button
    return html`<div class="field">
        <label for="language">${translate("catalogue.language")}</label>
        <select id="language" @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
          ${this.languages().map(
            (code) =>
              html`<option value=${code} ?selected=${code === this.language}>${nameVoiceLanguage(code)}</option>`,
          )}
        </select>
      </div>
      ${this.busy && !shown.length ? html`<div class="skeleton"></div>` : nothing}
      <ul class="lines">
        ${shown.map((voice) =>
          renderDownload(voice, voice.title, translate("voices.count", { n: voice.speakers ?? 1 }), {
            download: (name) => attempt(() => client.downloadVoice(name)),
            cancel: (name) => attempt(() => client.cancelVoice(name)),
            delete: (name) => attempt(() => client.deleteVoice(name)),
          }),
        )}
      </ul>`;
  }
}

function nameVoiceLanguage(code: string): string {
  return nameLanguage(code.replace("_", "-"));
}
