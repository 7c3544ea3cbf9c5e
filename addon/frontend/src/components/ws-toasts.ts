import { mdiClose } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { toasts, type Toast } from "../announce";
import { attempt } from "../errors";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-icon";

const SHOWN_MS = 8000;

/** Short messages at the bottom, spoken by screen readers. */
@customElement("ws-toasts")
export class WsToasts extends LitElement {
  @state() private toast: Toast | null = null;
  private timer = 0;
  static override styles = [
    ...shared,
    css`
      :host {
        position: fixed;
        inset: auto 0 calc(16px + env(safe-area-inset-bottom) + var(--ws-bottom-bar, 0px)) 0;
        display: grid;
        justify-items: center;
        pointer-events: none;
        z-index: 10;
        padding: 0 16px;
      }
      .toast {
        pointer-events: auto;
        display: flex;
        align-items: center;
        gap: 8px;
        background: light-dark(#2b2d31, #e6e7e9);
        color: light-dark(#ffffff, #17191c);
        border-radius: 12px;
        padding: 6px 6px 6px 16px;
        box-shadow: 0 4px 16px rgb(0 0 0 / 0.3);
        max-width: 640px;
        font-size: 14px;
      }
      .toast button {
        color: light-dark(#7fd7f7, #005b75);
      }
    `,
  ];

  override connectedCallback() {
    super.connectedCallback();
    toasts.addEventListener("toast", this.show);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    toasts.removeEventListener("toast", this.show);
  }

  private readonly show = (event: Event): void => {
    this.toast = (event as CustomEvent<Toast>).detail;
    this.wait();
  };

  private readonly hold = (): void => clearTimeout(this.timer);

  /** Nobody is at it: let it go after a while. */
  private readonly wait = (): void => {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (!this.renderRoot.querySelector(".toast:is(:hover, :focus-within)")) this.toast = null;
    }, SHOWN_MS);
  };

  private undo(undo: () => Promise<void>): void {
    this.toast = null;
    void attempt(undo);
  }

  override render() {
    const toast = this.toast;
    return html`<div role="status" aria-live="polite">
      ${
        toast
          ? html`<div
              class="toast"
              @pointerenter=${this.hold}
              @pointerleave=${this.wait}
              @focusin=${this.hold}
              @focusout=${this.wait}
            >
              <span class="grow">${toast.text}</span>
              ${
                toast.undo
                  ? html`<button @click=${() => toast.undo && this.undo(toast.undo)}>${translate("undo")}</button>`
                  : nothing
              }
              <button class="icon" aria-label=${translate("close")} @click=${() => (this.toast = null)}>
                <ws-icon .path=${mdiClose}></ws-icon>
              </button>
            </div>`
          : nothing
      }
    </div>`;
  }
}
