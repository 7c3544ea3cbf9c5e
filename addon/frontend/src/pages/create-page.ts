import { mdiAutoFix } from "@mdi/js";
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { Advisor } from "../api/advisor";
import * as client from "../api/client";
import { live } from "../api/live";
import type { DataSet, JobRequest, Profile, Voice } from "../api/types";
import { attempt, describeError } from "../errors";
import { translate } from "../i18n/translate";
import { goTo } from "../router";
import { shared } from "../styles/shared";
import "../components/ws-advanced";
import "../components/ws-icon";
import "../components/ws-preflight";
import type { Asked } from "../components/ws-preflight";
import "../components/ws-presets";
import "../components/ws-problem";
import "../components/ws-send-along";
import "../components/ws-sound";
import "../components/ws-verdict";
import { createStyles } from "./create-styles";

const WAIT_MS = 350;

/** One field; what is known about it while it is typed; *Create*. */
@customElement("ws-create-page")
export class WsCreatePage extends LitElement {
  @property() phrase = "";
  @state() private request: JobRequest = { phrase: "", preset: "standard", language: "auto" };
  private readonly advisor = new Advisor(this);
  @state() private voices: Voice[] | null = null;
  @state() private dataSets: DataSet[] = [];
  @state() private profiles: Profile[] = [];
  @state() private preflight: Asked | null = null;
  @query("#phrase") private field!: HTMLInputElement;
  static override styles = [...shared, createStyles];

  override connectedCallback() {
    super.connectedCallback();
    void this.load();
  }

  override willUpdate(changed: PropertyValues<this>) {
    if (changed.has("phrase") && this.phrase !== this.request.phrase) this.type(this.phrase);
  }

  override firstUpdated() {
    this.field.focus();
  }

  private async load(): Promise<void> {
    void client.listVoices().then(
      (voices) => (this.voices = voices.filter((voice) => voice.installed)),
      () => (this.voices = []),
    );
    void client.listData().then(
      (sets) => (this.dataSets = sets),
      () => undefined,
    );
    void client.readSettings().then(
      ({ language }) => this.request.language === "auto" && language !== "auto" && this.change({ language }),
      () => undefined,
    );
    await this.loadProfiles();
  }

  private async loadProfiles(): Promise<void> {
    this.profiles = await client.listProfiles().catch(() => []);
  }

  private change(change: Partial<JobRequest>): void {
    this.request = { ...this.request, ...change };
    if ("language" in change) this.ask(0);
  }

  /** Another phrase: its pronunciations begin anew. */
  private type(phrase: string): void {
    this.request = { ...this.request, phrase, say: [] };
    this.ask(WAIT_MS);
  }

  private ask(wait: number): void {
    this.advisor.ask(this.request.phrase.trim(), this.request.language ?? "auto", wait);
  }

  private async prepare(event: Event): Promise<void> {
    event.preventDefault();
    if (!this.request.phrase.trim()) {
      this.field.focus();
      return;
    }
    this.preflight = { found: null, error: null, starting: false };
    try {
      const found = await client.preflight(this.ready);
      this.preflight = { found, error: null, starting: false };
    } catch (error) {
      this.preflight = { found: null, error: describeError(error), starting: false };
    }
  }

  private async start(): Promise<void> {
    if (!this.preflight) return;
    this.preflight = { ...this.preflight, starting: true };
    const job = await attempt(() => client.createJob(this.ready));
    if (job) {
      live.put({ job });
      goTo("job", job.id);
    } else {
      this.preflight = null;
    }
  }

  /** The request as it is sent. */
  private get ready(): JobRequest {
    return { ...this.request, phrase: this.request.phrase.trim() };
  }

  override render() {
    const { advice, busy, problem } = this.advisor;
    return html`<form class="stack wide" @submit=${this.prepare}>
        <section class="card hero">
          <h1><label for="phrase">${translate("create.title")}</label></h1>
          <input
            id="phrase"
            .value=${this.request.phrase}
            placeholder=${translate("create.placeholder")}
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            maxlength="100"
            enterkeyhint="done"
            @input=${(event: Event) => this.type((event.target as HTMLInputElement).value)}
          />
          ${
            problem
              ? html`<ws-problem level="warn" .message=${problem.message} .hint=${problem.hint}></ws-problem>`
              : advice || busy
                ? html`<ws-verdict
                    .advice=${advice}
                    .busy=${busy}
                    @suggest=${(event: CustomEvent<string>) => this.type(event.detail)}
                  ></ws-verdict>`
                : html`<p class="soft teach">${translate("create.teach")}</p>`
          }
          <div class="actions">
            <button
              class="filled large"
              type="submit"
              ?disabled=${!this.request.phrase.trim() || problem !== null || advice?.verdict === "impossible"}
            >
              <ws-icon .path=${mdiAutoFix}></ws-icon>${translate("create.create")}
            </button>
          </div>
        </section>
        ${
          advice?.pronunciations.length && !problem
            ? html`<ws-sound
                .advice=${advice}
                .request=${this.request}
                .voices=${this.voices}
                @change=${(event: CustomEvent<Partial<JobRequest>>) => this.change(event.detail)}
              ></ws-sound>`
            : nothing
        }
        <ws-presets
          .preset=${this.request.preset ?? "standard"}
          @change=${(event: CustomEvent<string>) => this.change({ preset: event.detail })}
        ></ws-presets>
        <ws-advanced
          .request=${this.request}
          .dataSets=${this.dataSets}
          .profiles=${this.profiles}
          @change=${(event: CustomEvent<Partial<JobRequest>>) => this.change(event.detail)}
          @saved=${() => this.loadProfiles()}
        ></ws-advanced>
        <ws-send-along
          .chosen=${this.request.satellites ?? []}
          @change=${(event: CustomEvent<string[]>) => this.change({ satellites: event.detail })}
        ></ws-send-along>
      </form>
      ${
        this.preflight
          ? html`<ws-preflight
              .phrase=${this.request.phrase}
              .found=${this.preflight.found}
              .error=${this.preflight.error}
              .starting=${this.preflight.starting}
              @start=${() => this.start()}
              @close=${() => (this.preflight = null)}
            ></ws-preflight>`
          : nothing
      }`;
  }
}
