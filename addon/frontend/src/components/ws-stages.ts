import {
  mdiCheckCircle,
  mdiCircleOutline,
  mdiPauseCircle,
  mdiProgressClock,
  mdiSkipNextCircleOutline,
} from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Run, StageState } from "../api/events";
import { formatDuration, formatNumber } from "../i18n/format";
import { hasText, translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-icon";
import "./ws-progress";

const ICONS: Record<StageState | "stopped", string> = {
  waiting: mdiCircleOutline,
  running: mdiProgressClock,
  stopped: mdiPauseCircle,
  done: mdiCheckCircle,
  skipped: mdiSkipNextCircleOutline,
};

/** The stages of a run, the running one with its progress. */
@customElement("ws-stages")
export class WsStages extends LitElement {
  @property({ attribute: false }) run!: Run;
  /** Whether it is at work now; else a running stage only says where it stopped. */
  @property({ type: Boolean }) working = false;
  static override styles = [
    ...shared,
    css`
      li {
        display: grid;
        grid-template-columns: 24px minmax(0, 1fr) auto;
        gap: 2px 12px;
        align-items: center;
        min-height: 64px;
        padding: 8px 0;
        align-content: center;
      }
      li + li {
        border-top: 1px solid var(--ws-line);
      }
      .waiting {
        color: var(--ws-soft);
      }
      .done ws-icon,
      .skipped ws-icon {
        color: var(--ws-good-text);
      }
      .stopped ws-icon {
        color: var(--ws-warn-text);
      }
      .running {
        min-height: 108px;
      }
      .running ws-icon {
        color: var(--ws-link);
      }
      .running strong {
        font-weight: 500;
      }
      strong {
        font-weight: 400;
      }
      .more {
        grid-column: 2 / -1;
      }
      ws-progress {
        margin: 6px 0;
      }
    `,
  ];

  override render() {
    return html`<ol>
      ${this.run.stages.map((stage) => this.renderStage(stage))}
    </ol>`;
  }

  private renderStage(stage: Run["stages"][number]) {
    const running = stage.state === "running" && this.working;
    const state = running ? "running" : stage.state === "running" ? "stopped" : stage.state;
    return html`<li class=${state} aria-current=${running ? "step" : nothing}>
      <ws-icon .path=${ICONS[state]}></ws-icon>
      <span
        ><strong>${name("stage", stage.name)}</strong
        ><span class="hidden"> (${translate(`stage_state.${state}`)})</span></span
      >
      <span class="soft number">${this.note(state, stage.seconds)}</span>
      <span class="soft more">${name("stage_help", stage.name)}</span>
      ${running ? html`<div class="more">${this.renderProgress()}</div>` : nothing}
    </li>`;
  }

  private note(state: StageState | "stopped", seconds: number) {
    if (state === "stopped") return translate("stage_state.stopped");
    return state === "done" ? formatDuration(seconds) : nothing;
  }

  private renderProgress() {
    const now = this.run.progress;
    const parts = now
      ? [`${formatNumber(now.done)} / ${formatNumber(now.total)} ${name("unit", now.unit)}`]
      : [translate("job.begins")];
    if (now?.eta_s != null && now.done < now.total)
      parts.push(translate("job.stage_left", { time: formatDuration(now.eta_s) }));
    return html`<ws-progress .done=${now?.done ?? 0} .total=${now?.total ?? 0}></ws-progress>
      <span class="soft number">${parts.join(" · ")}</span>`;
  }
}

function name(kind: "stage" | "stage_help" | "unit", word: string): string {
  const key = `${kind}.${word}`;
  return hasText(key) ? translate(key) : kind === "stage_help" ? "" : word;
}
