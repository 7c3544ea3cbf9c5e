import { mdiAlertCircle, mdiCheckCircle, mdiInformation } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Advice, Level } from "../api/types";
import { tell } from "../i18n/told";
import { translate } from "../i18n/translate";
import { linkTo } from "../router";
import { shared } from "../styles/shared";
import "./ws-icon";

const ICONS: Record<Level, string> = {
  good: mdiCheckCircle,
  fair: mdiInformation,
  poor: mdiAlertCircle,
  impossible: mdiAlertCircle,
};
const TONES: Record<Level, string> = { good: "good", fair: "warn", poor: "bad", impossible: "bad" };

/** How good a wake word the phrase is, why, and what would be better. Emits `suggest` with a text. */
@customElement("ws-verdict")
export class WsVerdict extends LitElement {
  @property({ attribute: false }) advice: Advice | null = null;
  @property({ type: Boolean }) busy = false;
  static override styles = [
    ...shared,
    css`
      .place {
        min-height: 132px;
        transition: opacity 0.15s;
      }
      .busy {
        opacity: 0.6;
      }
      .head {
        display: flex;
        gap: 12px;
        align-items: center;
        font-size: 18px;
        font-weight: 500;
      }
      li {
        padding-inline-start: 36px;
      }
      .chips {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      .skeleton {
        height: 28px;
        width: 60%;
      }
      .skeleton + .skeleton {
        margin-top: 12px;
        height: 20px;
        width: 85%;
      }
    `,
  ];

  override render() {
    return html`<div class="place ${this.busy ? "busy" : ""}" aria-live="polite" aria-busy=${this.busy}>
      ${this.advice ? this.renderAdvice(this.advice) : this.busy ? this.renderSkeleton() : nothing}
    </div>`;
  }

  private renderSkeleton() {
    return html`<div class="skeleton"></div>
      <div class="skeleton"></div>`;
  }

  private renderAdvice(advice: Advice) {
    return html`<div class="stack tight">
      <p class="head ${TONES[advice.verdict]}">
        <ws-icon .path=${ICONS[advice.verdict]}></ws-icon>${translate(`verdict.${advice.verdict}`)}
      </p>
      <ul class="stack tight">
        ${advice.advice.map((item) => {
          const { message, hint } = tell(item, "advice", "error");
          return html`<li>${message}${hint ? html` <span class="soft">${hint}</span>` : nothing}</li>`;
        })}
        ${advice.collisions.map(
          (found) =>
            html`<li class="warn">
              ${tell(found, "collision").message} <a href=${linkTo("model", found.id)}>${found.phrase}</a>
            </li>`,
        )}
      </ul>
      ${
        advice.suggestions.length
          ? html`<div class="chips">
              <span class="soft" id="better">${translate("create.better")}</span>
              ${advice.suggestions.map(
                (text) => html`<button class="chip" @click=${() => this.suggest(text)}>${text}</button>`,
              )}
            </div>`
          : nothing
      }
    </div>`;
  }

  private suggest(text: string): void {
    this.dispatchEvent(new CustomEvent("suggest", { detail: text }));
  }
}
