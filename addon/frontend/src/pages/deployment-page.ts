import { mdiClose, mdiHistory, mdiRefresh, mdiUndo } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import * as client from "../api/client";
import { isUnderWay, wordOf, type Deployment } from "../api/fleet";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import "../components/ws-deployment";
import "../components/ws-icon";
import "../components/ws-problem";
import { nameWord } from "../components/word-name";
import { attempt, describeError } from "../errors";
import { formatWhen } from "../i18n/format";
import { translate } from "../i18n/translate";
import { goTo, linkTo } from "../router";
import { shared } from "../styles/shared";

/** A wake word on its way to satellites: how far it is, how it ended, and the ways back. */
@customElement("ws-deployment-page")
export class WsDeploymentPage extends LitElement {
  @property() deploymentId = "";
  @state() private problem: { message: string; hint: string } | null = null;
  @state() private busy = false;
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
        height: 320px;
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>) {
    if (changed.has("deploymentId")) void this.load(this.deploymentId);
  }

  /** Older ones are not in the snapshot. */
  private async load(id: string): Promise<void> {
    this.problem = null;
    try {
      const deployment = await client.readDeployment(id);
      live.put({ told: { type: "deployment", deployment } });
    } catch (error) {
      if (id === this.deploymentId && !live.fleet.deployments.has(id)) this.problem = describeError(error);
    }
  }

  /** Do what begins another deployment, and go there. */
  private async begin(work: () => Promise<Deployment>): Promise<void> {
    this.busy = true;
    const deployment = await attempt(work);
    this.busy = false;
    if (!deployment || !live.loaded) return;
    live.put({ told: { type: "deployment", deployment } });
    goTo("deployment", deployment.id);
  }

  override render() {
    if (this.problem) {
      return html`<ws-problem .message=${this.problem.message} .hint=${this.problem.hint}>
        <div><a class="button outlined" href=${linkTo("satellites")}>${translate("deployment.back")}</a></div>
      </ws-problem>`;
    }
    const deployment = live.fleet.deployments.get(this.deploymentId);
    if (!deployment || !live.loaded) return html`<div class="skeleton wait" aria-busy="true"></div>`;
    const { model, kind, state, created, ended } = deployment;
    const about = [translate(`sending.${state}`), formatWhen(ended ?? created)];
    return html`<div class="stack">
      <div class="row head">
        <div class="grow">
          <h1>${translate(`deployment.${kind}`, { word: nameWord(model) })}</h1>
          <p class="soft">
            <span role="status">${about.join(" · ")}</span> ·
            ${live.models.has(model) ? html`<a href=${linkTo("model", model)}>${translate("deployment.word")}</a> ·` : nothing}
            <a href=${linkTo("satellites")}>${translate("deployment.back")}</a>
          </p>
        </div>
        <div class="row">
          ${isUnderWay(deployment) ? this.renderCancel(deployment) : this.renderWaysBack(deployment)}
        </div>
      </div>
      ${this.renderEnd(deployment)}
      <section class="card stack">
        ${
          deployment.targets.length
            ? html`<ws-deployment .deployment=${deployment}></ws-deployment>`
            : html`<p>${translate("deployment.no_targets")}</p>`
        }
        ${isUnderWay(deployment) ? html`<p class="soft">${translate("deployment.leave")}</p>` : nothing}
      </section>
    </div>`;
  }

  private renderCancel({ id, state }: Deployment) {
    return html`<button
      class="outlined danger"
      ?disabled=${state === "cancelling"}
      @click=${() => attempt(() => client.cancelDeployment(id))}
    >
      <ws-icon .path=${mdiClose}></ws-icon>${translate(state === "cancelling" ? "sending.cancelling" : "job.cancel")}
    </button>`;
  }

  private renderWaysBack(deployment: Deployment) {
    const { id, model, kind, state, targets } = deployment;
    const publication = live.fleet.publications.get(wordOf(model));
    const before = publication?.model === model ? publication.previous[0] : undefined;
    const open = targets.filter((target) => target.state !== "done").map((target) => target.satellite);
    return html`${
      kind === "send" && state !== "done" && open.length
        ? html`<a class="button filled" href=${`${linkTo("send", model)}?to=${open.join(",")}`}>
            <ws-icon .path=${mdiRefresh}></ws-icon>${translate("deployment.again")}
          </a>`
        : nothing
    }
    ${
      canBeUndone(deployment)
        ? html`<button
            class="outlined"
            ?disabled=${this.busy}
            @click=${() => this.begin(() => client.undoDeployment(id))}
          >
            <ws-icon .path=${mdiUndo}></ws-icon>${translate("undo")}
          </button>`
        : nothing
    }
    ${
      before
        ? html`<button
            class="outlined"
            ?disabled=${this.busy}
            @click=${() => this.begin(() => client.rollBack(wordOf(model)))}
          >
            <ws-icon .path=${mdiHistory}></ws-icon>${translate("publication.rollback", { word: nameWord(before) })}
          </button>`
        : nothing
    }`;
  }

  private renderEnd(deployment: Deployment) {
    const { state, kind, targets, undone } = deployment;
    if (undone) return html`<ws-problem level="info" .message=${translate("deployment.undone")}></ws-problem>`;
    const done = targets.filter((target) => target.state === "done").length;
    const values = { n: done, all: targets.length };
    if (state === "done" && kind === "send" && done) {
      return html`<ws-problem level="info" .message=${translate("deployment.done", values)}></ws-problem>`;
    }
    if (state === "failed" || state === "cancelled" || state === "interrupted") {
      return html`<ws-problem
        level=${state === "failed" ? "bad" : "warn"}
        .message=${translate(`deployment.${state}`)}
        .hint=${[
          translate("deployment.reached", values),
          canBeUndone(deployment) ? translate("deployment.undo_help") : "",
        ].join(" ")}
      ></ws-problem>`;
    }
    return nothing;
  }
}

/** Whether something was done that was not undone yet. */
function canBeUndone({ kind, targets, undone }: Deployment): boolean {
  return (
    kind !== "undo" && !undone && targets.some(({ state, flashed, edit }) => state === "done" || flashed || edit)
  );
}
