import { mdiChevronRight } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { wasEnded, type Job } from "../api/types";
import { formatDuration, formatWhen } from "../i18n/format";
import { tell } from "../i18n/told";
import { translate } from "../i18n/translate";
import { linkTo } from "../router";
import { shared } from "../styles/shared";
import "./ws-icon";
import "./ws-progress";

/** A training in the list: what it is about and how far it is. */
@customElement("ws-job-card")
export class WsJobCard extends LitElement {
  @property({ attribute: false }) job!: Job;
  static override styles = [
    ...shared,
    css`
      a {
        display: grid;
        gap: 8px;
        min-height: 112px;
        align-content: start;
        text-decoration: none;
        color: inherit;
      }
      a:hover {
        background: color-mix(in srgb, var(--ws-text) 3%, var(--ws-card));
      }
      a:focus-visible {
        border-radius: var(--ws-radius);
      }
      h3 {
        overflow-wrap: anywhere;
      }
      .row {
        flex-wrap: nowrap;
      }
      .chevron {
        color: var(--ws-soft);
      }
    `,
  ];

  override render() {
    const { job } = this;
    const tone = job.state === "failed" ? "bad" : job.state === "interrupted" ? "warn" : "soft";
    return html`<a class="card" href=${linkTo("job", job.id)}>
      <span class="row">
        <h3 class="grow">${job.request.phrase}</h3>
        <ws-icon class="chevron" .path=${mdiChevronRight}></ws-icon>
      </span>
      ${job.state === "running" ? html`<ws-progress .done=${job.done} .total=${job.total}></ws-progress>` : nothing}
      <span class=${tone}>${this.describe()}</span>
      ${
        (job.state === "failed" || wasEnded(job)) && job.message
          ? html`<span class="soft">${tell(job, "end", "error").message}</span>`
          : nothing
      }
    </a>`;
  }

  private describe(): string {
    const { job } = this;
    const parts = [translate(`state.${job.state}`)];
    if (job.state === "running" && job.stage) parts.push(translate(`stage.${job.stage}` as "stage.phrase"));
    if (job.state === "running" && job.eta_s !== null) {
      parts.push(translate("job.stage_left", { time: formatDuration(job.eta_s) }));
    }
    if (job.state === "queued") parts.push(translate("job.position", { n: job.position + 1 }));
    if (job.ended) parts.push(formatWhen(job.ended));
    return parts.join(" · ");
  }
}
