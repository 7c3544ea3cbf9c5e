import { mdiPublish, mdiSend } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { say } from "../announce";
import * as client from "../api/client";
import { hasWord, wordOf, type Gate } from "../api/fleet";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import { Previewer } from "../api/previewer";
import "../components/ws-changes";
import "../components/ws-gate";
import type { Knowingly } from "../components/ws-gate";
import "../components/ws-home-caution";
import "../components/ws-icon";
import "../components/ws-problem";
import "../components/ws-satellite-choice";
import { nameWord } from "../components/word-name";
import { attempt, describeError } from "../errors";
import type { Told } from "../i18n/told";
import { translate } from "../i18n/translate";
import { goTo, linkTo } from "../router";
import { shared } from "../styles/shared";

const WAIT_MS = 300;

/** Send a wake word: may it leave, to which satellites, what that changes there. */
@customElement("ws-send-page")
export class WsSendPage extends LitElement {
  @property() modelId = "";
  /** Ids that are chosen from the start; without any, those that have an earlier version. */
  @property() to = "";
  @state() private gate: Gate | null = null;
  @state() private problem: Told | null = null;
  @state() private knowingly: Knowingly = { override: false, replace: false };
  @state() private chosen: string[] | null = null;
  @state() private busy = false;
  private readonly previewer = new Previewer(this);
  readonly controller = new LiveController(this);
  static override styles = [
    ...shared,
    css`
      .wait {
        height: 132px;
      }
      .end {
        justify-content: flex-end;
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>) {
    if (changed.has("modelId")) void this.load(this.modelId);
    if (!this.chosen && live.loaded) this.choose(this.suggest(), 0);
  }

  private suggest(): string[] {
    const wanted = this.to.split(",").filter(Boolean);
    const word = wordOf(this.modelId);
    return [...live.fleet.satellites.values()]
      .filter((one) => one.delivery !== "none")
      .filter((one) => (wanted.length ? wanted.includes(one.id) : hasWord(one, word)))
      .map((one) => one.id);
  }

  private async load(id: string): Promise<void> {
    this.gate = this.problem = this.chosen = null;
    try {
      const gate = await client.readGate(id);
      if (id === this.modelId) this.gate = gate;
    } catch (error) {
      if (id === this.modelId) this.problem = describeError(error);
    }
  }

  private choose(chosen: string[], wait = WAIT_MS): void {
    this.chosen = chosen;
    this.previewer.ask(this.modelId, chosen, wait);
  }

  /** Whether the gate lets it through, with what the user said knowingly. */
  private get free(): boolean {
    const { gate, knowingly } = this;
    if (!gate?.compatible) return false;
    const wins = gate.comparison?.wins ?? true;
    return (knowingly.override || gate.quality.every((one) => one.ok !== false)) && (knowingly.replace || wins);
  }

  private async send(): Promise<void> {
    this.busy = true;
    const what = { model: this.modelId, satellites: this.chosen ?? [], ...this.knowingly };
    const deployment = await attempt(() => client.sendModel(what));
    this.busy = false;
    if (!deployment) return;
    live.put({ told: { type: "deployment", deployment } });
    goTo("deployment", deployment.id, true);
  }

  private async publish(): Promise<void> {
    this.busy = true;
    const publication = await attempt(() => client.publishModel(this.modelId, this.knowingly));
    this.busy = false;
    if (!publication) return;
    live.put({ told: { type: "publication", publication } });
    say({ text: translate("send.published", { word: nameWord(this.modelId) }) });
    goTo("model", this.modelId, true);
  }

  override render() {
    return html`<div class="stack">
      <div>
        <h1>${translate("send.title", { word: nameWord(this.modelId) })}</h1>
        <p class="soft">${translate("send.help")}</p>
      </div>
      ${this.problem ? this.renderProblem(this.problem) : this.renderSteps()}
    </div>`;
  }

  private renderProblem({ message, hint }: Told) {
    return html`<ws-problem .message=${message} .hint=${hint}>
      <div><a class="button outlined" href=${linkTo("home")}>${translate("nav.back")}</a></div>
    </ws-problem>`;
  }

  /** The gate and the satellites come together, so that nothing moves. */
  private renderSteps() {
    if (!this.gate || !this.chosen) {
      return html`<div class="stack" aria-busy="true">
        ${[1, 2].map(() => html`<div class="skeleton wait"></div>`)}
      </div>`;
    }
    return html`<section class="card stack">
        <h2>${translate("send.gate")}</h2>
        <ws-gate
          .gate=${this.gate}
          .knowingly=${this.knowingly}
          @change=${(event: CustomEvent<Knowingly>) => (this.knowingly = event.detail)}
        ></ws-gate>
      </section>
      ${this.gate.compatible ? this.renderRest(this.chosen) : nothing}`;
  }

  private renderRest(chosen: string[]) {
    const satellites = [...live.fleet.satellites.values()].sort(
      (a, b) => Number(a.delivery === "none") - Number(b.delivery === "none") || a.name.localeCompare(b.name),
    );
    return html`<ws-home-caution .home=${live.fleet.home}></ws-home-caution>
      <section class="card stack">
        <h2>${translate("send.where")}</h2>
        ${
          satellites.length
            ? html`<ws-satellite-choice
                .satellites=${satellites}
                .chosen=${chosen}
                @change=${(event: CustomEvent<string[]>) => this.choose(event.detail)}
              ></ws-satellite-choice>`
            : html`<p>${translate("satellites.none")}. ${translate("satellites.none_help")}</p>`
        }
      </section>
      ${this.renderChanges()} ${this.renderActions()}`;
  }

  private renderChanges() {
    const { changes, problem } = this.previewer;
    if (!this.chosen?.length) return nothing;
    return html`<section class="card stack">
      <h2>${translate("changes.title")}</h2>
      ${
        problem
          ? html`<ws-problem level="warn" .message=${problem.message} .hint=${problem.hint}></ws-problem>`
          : html`<ws-changes .changes=${changes}></ws-changes>`
      }
      ${changes?.some((change) => change.error) ? html`<p class="bad">${translate("changes.leave_out")}</p>` : nothing}
    </section>`;
  }

  private renderActions() {
    const ready = this.previewer.changes?.every((change) => !change.error); // nothing is sent unseen
    return html`<div class="row end">
      <a class="button" href=${linkTo("model", this.modelId)}>${translate("cancel")}</a>
      <button class="outlined" ?disabled=${!this.free || this.busy} @click=${() => this.publish()}>
        <ws-icon .path=${mdiPublish}></ws-icon>${translate("send.publish")}
      </button>
      <button class="filled" ?disabled=${!this.free || !ready || this.busy} @click=${() => this.send()}>
        <ws-icon .path=${mdiSend}></ws-icon>${translate("send.send", { n: this.chosen?.length ?? 0 })}
      </button>
    </div>`;
  }
}
