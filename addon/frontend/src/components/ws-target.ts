import { mdiAlertCircle, mdiCheckCircle, mdiCircleOutline, mdiMinusCircleOutline, mdiProgressClock } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Target, TargetState } from "../api/fleet";
import { tell } from "../i18n/told";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-icon";
import "./ws-problem";
import "./ws-progress";

const AT_REST: Partial<Record<TargetState, { icon: string; tone: string }>> = {
  waiting: { icon: mdiCircleOutline, tone: "soft" },
  done: { icon: mdiCheckCircle, tone: "good" },
  failed: { icon: mdiAlertCircle, tone: "bad" },
  skipped: { icon: mdiMinusCircleOutline, tone: "soft" },
  cancelled: { icon: mdiMinusCircleOutline, tone: "soft" },
};
const WORKING = { icon: mdiProgressClock, tone: "now" };

/** One satellite of a deployment: where it stands, what the tool says, why it failed. */
@customElement("ws-target")
export class WsTarget extends LitElement {
  @property({ attribute: false }) target!: Target;
  /** What was said so far, as far as this page heard it. */
  @property({ attribute: false }) lines: readonly string[] = [];
  static override styles = [
    ...shared,
    css`
      .target {
        display: grid;
        grid-template-columns: 24px minmax(0, 1fr) auto;
        gap: 6px 12px;
        padding: 14px 0;
      }
      .target > :not(ws-icon, .name, .state) {
        grid-column: 2 / -1;
      }
      .state {
        font-size: 14px;
      }
      .name {
        font-weight: 500;
        overflow-wrap: anywhere;
      }
      .now {
        color: var(--ws-link);
      }
      .line {
        display: block;
        min-height: 21px;
        padding: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      ws-progress {
        align-self: center;
      }
      @media (max-width: 600px) {
        .target {
          grid-template-columns: 24px minmax(0, 1fr);
        }
        .state {
          grid-column: 2;
        }
      }
      summary {
        cursor: pointer;
        font-size: 14px;
        min-height: 28px;
      }
      pre {
        margin: 4px 0 0;
        padding: 12px;
        max-height: 280px;
        overflow: auto;
        border-radius: 8px;
        background: var(--ws-raised);
        font:
          12px/1.5 "Roboto Mono",
          ui-monospace,
          monospace;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    const { target } = this;
    const { icon, tone } = AT_REST[target.state] ?? WORKING;
    const working = !(target.state in AT_REST);
    return html`<div class="target" aria-current=${working ? "step" : nothing}>
      <ws-icon class=${tone} .path=${icon}></ws-icon>
      <span class="name">${target.name}</span>
      <span class="state number ${tone}"
        >${translate(`target.${target.state}`)}${working && target.percent !== null ? ` · ${target.percent} %` : ""}</span
      >
      ${
        working
          ? html`<ws-progress
                .done=${target.percent ?? 0}
                .total=${target.percent === null ? 0 : 100}
                .label=${`${target.name}: ${translate(`target.${target.state}`)}`}
              ></ws-progress>
              <span class="soft line" title=${target.line}>${target.line}</span>`
          : nothing
      }
      ${this.renderReason()} ${this.renderLines()}
    </div>`;
  }

  private renderReason() {
    const { target } = this;
    if (!target.message) return nothing;
    const { message, hint } = tell(target, "satellite", "error");
    const level = target.state === "failed" ? "bad" : target.state === "done" ? "info" : "warn";
    return html`<ws-problem
      level=${level}
      .message=${message}
      .hint=${[hint, this.fate].filter(Boolean).join(" ")}
    ></ws-problem>`;
  }

  /** What became of one that failed. */
  private get fate(): string {
    const { state, flashed, edit } = this.target;
    if (state !== "failed") return "";
    return translate(flashed ? "target.maybe_without" : edit ? "target.still_edited" : "target.untouched");
  }

  /** What the tool said: that of the failure where it came with it. */
  private renderLines() {
    const told = this.target.values?.["lines"];
    const text = told ? String(told) : this.lines.join("\n");
    if (!text) return nothing;
    const name = translate("target.lines", { name: this.target.name });
    return html`<details>
      <summary>${translate("job.log")}<span class="hidden"> ${this.target.name}</span></summary>
      <pre tabindex="0" role="region" aria-label=${name}>${text}</pre>
    </details>`;
  }
}
