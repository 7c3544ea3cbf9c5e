import { mdiArrowRight, mdiClose, mdiDelete, mdiPlay } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import * as client from "../api/client";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import { wasEnded, type Job } from "../api/types";
import "../components/ws-clips";
import "../components/ws-curves";
import "../components/ws-icon";
import "../components/ws-log";
import "../components/ws-problem";
import "../components/ws-sending";
import "../components/ws-stages";
import { attempt, describeError } from "../errors";
import { formatWhen } from "../i18n/format";
import { tell } from "../i18n/told";
import { translate } from "../i18n/translate";
import { goTo, linkTo } from "../router";
import { shared } from "../styles/shared";

/** A training: where it is, how it goes, what can be done. */
@customElement("ws-job-page")
export class WsJobPage extends LitElement {
  @property() jobId = "";
  @state() private problem: { message: string; hint: string } | null = null;
  /** Whether the next press deletes. */
  @state() private sure = false;
  readonly controller = new LiveController(this);
  static override styles = [
    ...shared,
    css`
      .head {
        min-height: 72px;
        align-items: flex-start;
      }
      .head .grow {
        flex: 1 1 240px;
      }
      .wait {
        height: 520px;
      }
      .sure {
        font-size: 14px;
      }
    `,
  ];

  override disconnectedCallback() {
    super.disconnectedCallback();
    live.unfollow(this.jobId);
  }

  override willUpdate(changed: PropertyValues<this>) {
    if (changed.has("jobId")) {
      this.problem = null;
      this.sure = false;
      live.follow(this.jobId).catch((error: unknown) => (this.problem = describeError(error)));
    }
  }

  private act(work: (job: string) => Promise<unknown>): void {
    void attempt(() => work(this.jobId));
  }

  /** Delete at the second press: this cannot be undone. */
  private async discard(): Promise<void> {
    if (!this.sure) {
      this.sure = true;
      return;
    }
    await attempt(async () => {
      await client.deleteJob(this.jobId);
      live.forget("job", this.jobId);
      goTo("home");
    });
  }

  override render() {
    if (this.problem) {
      return html`<ws-problem .message=${this.problem.message} .hint=${this.problem.hint}>
        <div><a class="button outlined" href=${linkTo("home")}>${translate("nav.back")}</a></div>
      </ws-problem>`;
    }
    const job = live.jobs.get(this.jobId);
    const run = live.runs.get(this.jobId);
    if (!job || !run) return html`<div class="skeleton wait" aria-busy="true"></div>`;
    const working = job.state === "running" || job.state === "cancelling";
    return html`<div class="stack">
      <div class="row head">
        <div class="grow">
          <h1>${job.request.phrase}</h1>
          <p class="soft" role="status">${this.describe(job)}</p>
        </div>
        <div class="row">${this.renderActions(job)}</div>
      </div>
      ${this.renderEnd(job)} ${job.request.satellites?.length ? html`<ws-sending .job=${job}></ws-sending>` : nothing}
      ${run.warnings.map((warning) => {
        const { message, hint } = tell(warning, "warning", "advice");
        const level = warning.code === "spoken_as" ? "info" : "warn";
        return html`<ws-problem level=${level} .message=${message} .hint=${hint}></ws-problem>`;
      })}
      <div class="pair">
        <section class="card stack tight">
          <h2>${translate("job.stages")}</h2>
          <ws-stages .run=${run} .working=${working}></ws-stages>
          ${working ? html`<p class="soft sure">${translate("job.leave")}</p>` : nothing}
        </section>
        <section class="card stack">
          <h2>${translate("clips.title")}</h2>
          <p class="soft">${translate("clips.help")}</p>
          <ws-clips .job=${job.id} .clips=${run.samples}></ws-clips>
        </section>
      </div>
      <section class="card stack">
        <h2>${translate("curves.title")}</h2>
        <ws-curves .metrics=${run.metrics}></ws-curves>
      </section>
      <ws-log .job=${job.id}></ws-log>
    </div>`;
  }

  private describe(job: Job): string {
    const parts = [
      translate(`state.${job.state}`),
      translate(`preset.${(job.request.preset ?? "standard") as "quick"}`),
    ];
    if (job.state === "queued") parts.splice(1, 0, translate("job.position", { n: job.position + 1 }));
    parts.push(formatWhen(job.ended ?? job.started ?? job.created));
    return parts.join(" · ");
  }

  private renderActions(job: Job) {
    switch (job.state) {
      case "queued":
      case "running":
        return html`${
            job.state === "queued" && job.position > 0
              ? html`<button class="outlined" @click=${() => this.act((id) => client.moveJob(id, 0))}>
                  ${translate("job.first")}
                </button>`
              : nothing
          }<button class="outlined danger" @click=${() => this.act(client.cancelJob)}>
            <ws-icon .path=${mdiClose}></ws-icon>${translate("job.cancel")}
          </button>`;
      case "cancelling":
        return html`<button class="outlined" disabled>${translate("state.cancelling")}</button>`;
      case "done":
        return job.model
          ? html`<a class="button filled" href=${linkTo("model", job.model)}>
              ${translate("job.open")}<ws-icon .path=${mdiArrowRight}></ws-icon>
            </a>`
          : nothing;
      default:
        return html`<button class="filled" @click=${() => this.act(client.resumeJob)}>
            <ws-icon .path=${mdiPlay}></ws-icon>${translate("job.resume")}
          </button>
          <button class="outlined danger" @click=${() => this.discard()} @blur=${() => (this.sure = false)}>
            <ws-icon .path=${mdiDelete}></ws-icon>${translate(this.sure ? "job.delete_sure" : "delete")}
          </button>`;
    }
  }

  private renderEnd(job: Job) {
    if (job.state === "failed") {
      const { message, hint } = tell(job, "end", "error");
      return html`<ws-problem
        .message=${message || translate("job.failed")}
        .hint=${`${hint} ${translate("job.kept")}`.trim()}
      ></ws-problem>`;
    }
    if (wasEnded(job)) {
      const { message, hint } = tell(job, "end", "error");
      return html`<ws-problem
        level="warn"
        .message=${message || translate("job.interrupted")}
        .hint=${`${hint} ${translate("job.kept")}`.trim()}
      ></ws-problem>`;
    }
    if (job.state === "interrupted" || job.state === "cancelled") {
      return html`<ws-problem
        level="warn"
        .message=${translate(`job.${job.state}`)}
        .hint=${translate("job.kept")}
      ></ws-problem>`;
    }
    return nothing;
  }
}
