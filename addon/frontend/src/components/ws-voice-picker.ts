import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { preview } from "../api/client";
import type { Voice } from "../api/types";
import { nameLanguage } from "../i18n/format";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-play";

const FIRST = 6;

/** Hear the phrase in the voices that will train it; leave out one that says it wrongly. Emits `change` with the veto. */
@customElement("ws-voice-picker")
export class WsVoicePicker extends LitElement {
  @property({ attribute: false }) voices: Voice[] | null = null;
  @property() phrase = "";
  @property() language = "auto";
  @property() ipa = "";
  @property({ attribute: false }) veto: string[] = [];
  @state() private all = false;
  static override styles = [
    ...shared,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 290px), 1fr));
        gap: 4px 24px;
        min-height: 56px;
        align-content: start;
      }
      ul.all {
        max-height: 360px;
        overflow: auto;
        padding: 4px;
      }
      li {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 52px;
      }
      .name {
        overflow-wrap: anywhere;
        line-height: 1.3;
      }
      .out .name {
        text-decoration: line-through;
        color: var(--ws-soft);
      }
      .skeleton {
        height: 44px;
        margin: 4px 0;
      }
    `,
  ];

  override render() {
    if (!this.voices) {
      return html`<ul>
        ${Array.from({ length: 2 }, () => html`<li class="skeleton"></li>`)}
      </ul>`;
    }
    const shown = this.all ? this.voices : this.spread(this.voices);
    return html`<ul class=${this.all ? "all" : ""} tabindex=${this.all ? "0" : nothing}>
        ${shown.map((voice) => this.renderVoice(voice))}
      </ul>
      ${
        this.voices.length > FIRST
          ? html`<button @click=${() => (this.all = !this.all)} aria-expanded=${this.all}>
              ${this.all ? translate("voices.fewer") : translate("voices.all", { n: this.voices.length })}
            </button>`
          : nothing
      }`;
  }

  /** A few from all over the list, so that they differ; those left out always. */
  private spread(voices: Voice[]): Voice[] {
    const step = Math.max(1, voices.length / FIRST);
    const first = new Set(Array.from({ length: FIRST }, (_, i) => voices[Math.floor(i * step)]));
    return voices.filter((voice) => first.has(voice) || this.veto.includes(voice.id));
  }

  private renderVoice(voice: Voice) {
    const out = this.veto.includes(voice.id);
    return html`<li class=${out ? "out" : ""}>
      <ws-play
        .name=${voice.name}
        .source=${() => preview(this.phrase, this.language, this.ipa || null, voice.id)}
      ></ws-play>
      <span class="grow name">${voice.name}<br /><span class="soft">${nameLanguage(voice.language)}</span></span>
      <button
        class="chip"
        aria-pressed=${out}
        aria-label=${translate("voices.leave_out_name", { name: voice.name })}
        @click=${() => this.flip(voice.id)}
      >
        ${translate("voices.leave_out")}
      </button>
    </li>`;
  }

  private flip(id: string): void {
    const veto = this.veto.includes(id) ? this.veto.filter((other) => other !== id) : [...this.veto, id];
    this.dispatchEvent(new CustomEvent("change", { detail: veto }));
  }
}
