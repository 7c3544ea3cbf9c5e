import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { clipUrl } from "../api/client";
import { translate } from "../i18n/translate";
import { nameVoice } from "../i18n/words";
import { shared } from "../styles/shared";
import "./ws-play";

const FIRST = 6;

/** Clips of a run, to listen to as they are made. */
@customElement("ws-clips")
export class WsClips extends LitElement {
  @property() job = "";
  @property({ attribute: false }) clips: { path: string; label: string }[] = [];
  @state() private all = false;
  static override styles = [
    ...shared,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr));
        gap: 8px 16px;
      }
      li {
        display: flex;
        gap: 12px;
        align-items: center;
        min-height: 44px;
        overflow-wrap: anywhere;
        font-size: 14px;
      }
    `,
  ];

  override render() {
    if (!this.clips.length) return html`<p class="soft">${translate("clips.none")}</p>`;
    const shown = this.all ? this.clips : this.clips.slice(0, FIRST);
    return html`<ul>
        ${shown.map(
          (clip, n) =>
            html`<li>
              <ws-play .name=${name(clip.label)} .source=${clipUrl(this.job, n)}></ws-play>
              <span class="grow">${name(clip.label)}</span>
            </li>`,
        )}
      </ul>
      ${
        this.clips.length > FIRST
          ? html`<button aria-expanded=${this.all} @click=${() => (this.all = !this.all)}>
              ${this.all ? translate("clips.fewer") : translate("clips.all", { n: this.clips.length })}
            </button>`
          : nothing
      }`;
  }
}

/** Name the voice in brackets by whom one hears. */
function name(label: string): string {
  return label.replace(/\((\w+:[^()]+)\)$/, (_, voice: string) => `(${nameVoice(voice)})`);
}
