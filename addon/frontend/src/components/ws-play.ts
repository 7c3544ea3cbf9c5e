import { mdiLoading, mdiPlay, mdiStop } from "@mdi/js";
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { player } from "../audio/player";
import { attempt } from "../errors";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-icon";

/** Plays one sound; pressed again, it stops. */
@customElement("ws-play")
export class WsPlay extends LitElement {
  /** What it plays, for screen readers. */
  @property() name = "";
  /** A path below api/v1, or what fetches the sound. */
  @property({ attribute: false }) source: string | (() => Promise<Blob>) = "";
  private readonly key = `play-${Math.random()}`;
  static override styles = [
    ...shared,
    css`
      :host {
        display: inline-block;
      }
      button.icon {
        color: var(--ws-link);
      }
      .turn {
        animation: turn 1s linear infinite;
      }
      @keyframes turn {
        to {
          rotate: 1turn;
        }
      }
    `,
  ];

  override connectedCallback() {
    super.connectedCallback();
    player.addEventListener("change", this.update_);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    player.removeEventListener("change", this.update_);
    if (player.current === this.key) player.stop();
  }

  private readonly update_ = () => this.requestUpdate();

  override render() {
    const mine = player.current === this.key;
    const loading = mine && player.loading;
    const label = translate(mine ? "play.stop" : "play.start", { name: this.name });
    return html`<button
      class="icon tonal"
      aria-label=${label}
      title=${label}
      @click=${() => attempt(() => player.toggle(this.key, this.source))}
    >
      <ws-icon class=${loading ? "turn" : ""} .path=${loading ? mdiLoading : mine ? mdiStop : mdiPlay}></ws-icon>
    </button>`;
  }
}
