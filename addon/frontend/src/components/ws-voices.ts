import { css, html, LitElement } from "lit";
import { customElement, state } from "lit/decorators.js";
import { listVoices } from "../api/client";
import type { Voice } from "../api/types";
import { attempt } from "../errors";
import { formatBytes, nameLanguage } from "../i18n/format";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-voice-catalogue";

/** Voices that can speak, by engine and language, with their licences; and how to get more. */
@customElement("ws-voices")
export class WsVoices extends LitElement {
  @state() private voices: Voice[] | null = null;
  static override styles = [
    ...shared,
    css`
      .skeleton {
        height: 180px;
      }
      summary {
        cursor: pointer;
        min-height: 60px;
        padding: 8px 0;
        display: flex;
        align-items: center;
        gap: 12px;
      }
      summary::before {
        content: "";
        border: solid var(--ws-soft);
        border-width: 0 2px 2px 0;
        padding: 3px;
        rotate: -45deg;
      }
      details[open] summary::before {
        rotate: 45deg;
      }
      ul {
        padding: 0 0 12px 24px;
        columns: 220px;
        font-size: 14px;
      }
    `,
  ];

  override connectedCallback() {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    const voices = await attempt(listVoices);
    this.voices = voices?.filter((voice) => voice.installed) ?? this.voices ?? [];
  }

  override render() {
    if (!this.voices) return html`<div class="skeleton" aria-busy="true"></div>`;
    const groups = new Map<string, Voice[]>();
    for (const voice of this.voices) {
      const key = `${voice.engine} ${voice.language}`;
      groups.set(key, [...(groups.get(key) ?? []), voice]);
    }
    return html`<div class="stack">
      <div class="lines">${[...groups.values()].map((voices) => this.renderGroup(voices))}</div>
      <ws-voice-catalogue @changed=${() => this.load()}></ws-voice-catalogue>
    </div>`;
  }

  private renderGroup(voices: Voice[]) {
    const first = voices[0];
    if (!first) return "";
    const about = [translate("voices.count", { n: voices.length }), first.licence];
    // Speakers of one model share its file: "piper:en_US-libritts-high/17".
    const files = new Map(voices.map((voice) => [voice.id.split("/")[0], voice.size_mb ?? 0]));
    const size = [...files.values()].reduce((sum, each) => sum + each, 0);
    if (size) about.push(formatBytes(size * 1e6));
    return html`<details>
      <summary>
        <span class="grow"
          >${nameLanguage(first.language)} · ${first.engine}<br /><span class="soft">${about.join(" · ")}</span></span
        >
      </summary>
      <ul>
        ${voices.map((voice) => html`<li>${voice.name}</li>`)}
      </ul>
    </details>`;
  }
}
