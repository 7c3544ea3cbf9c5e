import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Advice, JobRequest, Voice } from "../api/types";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-pronunciations";
import "./ws-voice-picker";

/** How the phrase sounds: in the voices, and how it is said. Emits `change` with the request's changed parts. */
@customElement("ws-sound")
export class WsSound extends LitElement {
  @property({ attribute: false }) advice!: Advice;
  @property({ attribute: false }) request!: JobRequest;
  /** Null while they are asked for. */
  @property({ attribute: false }) voices: Voice[] | null = null;
  static override styles = [
    ...shared,
    css`
      summary {
        cursor: pointer;
        padding: 10px 0;
      }
    `,
  ];

  private tell(change: Partial<JobRequest>): void {
    this.dispatchEvent(new CustomEvent("change", { detail: change }));
  }

  override render() {
    const { advice, request } = this;
    const language = advice.language || (request.language ?? "auto");
    const fitting = this.voices?.filter((voice) => short(voice.language) === short(language));
    const natives = fitting?.length ? fitting : this.voices;
    const others = this.voices?.filter((voice) => !natives?.includes(voice)) ?? [];
    return html`<div class="stack">
      <section class="card stack">
        <h2>${translate("voices.title")}</h2>
        <p class="soft">${translate("voices.help")}</p>
        ${this.renderVoices(natives, language)}
        ${
          others.length
            ? html`<details>
                <summary>${translate("voices.accents", { n: others.length })}</summary>
                ${this.renderVoices(others, language)}
              </details>`
            : nothing
        }
      </section>
      <section class="card stack">
        <h2>${translate("say.title")}</h2>
        <p class="soft">${translate("say.help")}</p>
        <ws-pronunciations
          .phrase=${advice.text}
          .language=${language}
          .found=${advice.pronunciations}
          .say=${request.say ?? []}
          .voice=${natives?.[0]?.id ?? ""}
          @change=${(event: CustomEvent<string[]>) => this.tell({ say: event.detail })}
        ></ws-pronunciations>
      </section>
    </div>`;
  }

  private renderVoices(voices: Voice[] | null, language: string) {
    return html`<ws-voice-picker
      .voices=${voices}
      .phrase=${this.advice.text}
      .language=${language}
      .ipa=${this.request.say?.[0] ?? ""}
      .veto=${this.request.veto ?? []}
      @change=${(event: CustomEvent<string[]>) => this.tell({ veto: event.detail })}
    ></ws-voice-picker>`;
  }
}

function short(language: string): string {
  return language.split(/[-_]/)[0] ?? "";
}
