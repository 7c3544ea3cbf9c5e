import { mdiInboxOutline, mdiWaveform } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { say } from "../announce";
import { listSamples, uploadSample } from "../api/client";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import type { Sample } from "../api/types";
import "../components/ws-drop";
import "../components/ws-recorder";
import "../components/ws-trash";
import { drawSamples } from "../components/sample-list";
import { attempt } from "../errors";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";

/** Of the filter: no name that anyone gives holds it. */
const DISCARDED = "\n";

/** Recordings of people: made here, uploaded or sent by satellites. */
@customElement("ws-recordings-page")
export class WsRecordingsPage extends LitElement {
  @state() private samples: Map<string, Sample> | null = null;
  @state() private shown = "all";
  @state() private phrase = "";
  readonly controller = new LiveController(this);
  static override styles = [
    ...shared,
    css`
      select {
        width: auto;
      }
    `,
  ];

  override connectedCallback() {
    super.connectedCallback();
    live.addEventListener("sample", this.heard);
    live.addEventListener("gone", this.heard);
    live.addEventListener("snapshot", this.reload);
    document.addEventListener("changed", this.put);
    void this.load();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    live.removeEventListener("sample", this.heard);
    live.removeEventListener("gone", this.heard);
    live.removeEventListener("snapshot", this.reload);
    document.removeEventListener("changed", this.put);
  }

  private async load(): Promise<void> {
    const samples = await attempt(listSamples);
    if (samples) this.samples = new Map(samples.map((sample) => [sample.id, sample]));
    else this.samples ??= new Map();
  }

  /** Connected again: what was said meanwhile was not heard. */
  private readonly reload = (): void => void this.load();

  private readonly put = (event: Event): void => this.keep((event as CustomEvent<Sample>).detail);

  private keep(sample: Sample): void {
    this.samples = new Map(this.samples).set(sample.id, sample);
  }

  private drop(id: string): void {
    const samples = new Map(this.samples);
    samples.delete(id);
    this.samples = samples;
  }

  private readonly heard = (event: Event): void => {
    const { detail } = event as CustomEvent<{ sample?: Sample; what?: string; id?: string }>;
    if (detail.sample) this.keep(detail.sample);
    else if (detail.what === "sample" && detail.id) this.drop(detail.id);
  };

  private get phrases(): string[] {
    const from = [...live.models.values()].map((model) => model.phrase);
    const asked = [...live.jobs.values()].map((job) => job.request.phrase);
    return [...new Set([...from, ...asked, ...[...(this.samples?.values() ?? [])].map((s) => s.phrase)])].filter(
      Boolean,
    );
  }

  private async upload(files: File[]): Promise<void> {
    const phrase = (this.phrase || this.phrases[0] || "").trim();
    if (!phrase) {
      say({ text: translate("inbox.phrase_first"), bad: true });
      return;
    }
    let done = 0;
    for (const file of files) {
      const about = { phrase, speaker: "", label: "phrase", source: "upload" } as const;
      const sample = await attempt(() => uploadSample(file, file.name, about));
      if (!sample) continue;
      this.keep(sample);
      done += 1;
    }
    if (done) say({ text: translate("samples.uploaded", { n: done }) });
  }

  override render() {
    const all = [...(this.samples?.values() ?? [])].sort((a, b) => b.created.localeCompare(a.created));
    const inbox = all.filter((sample) => sample.state === "inbox");
    const discarded = all.filter((sample) => sample.state === "discarded");
    const kept = all.filter((sample) => sample.state !== "inbox" && sample.state !== "discarded");
    const shown = this.shown === DISCARDED && discarded.length ? discarded : this.filter(kept);
    return html`<div
      class="stack"
      @changed=${this.put}
      @gone=${(event: CustomEvent<string>) => this.drop(event.detail)}
    >
      <div>
        <h1>${translate("samples.title")}</h1>
        <p class="soft">${translate("samples.help")}</p>
      </div>
      <div class="pair">
        <section class="card stack recorder">
          <h2>${translate("record.title")}</h2>
          <ws-recorder
            .phrases=${this.phrases}
            @recorded=${(event: CustomEvent<Sample>) => this.keep(event.detail)}
          ></ws-recorder>
        </section>
        <section class="card stack">
          <h2>${translate("inbox.title")}</h2>
          <p class="soft">${translate("inbox.help")}</p>
          <div class="field">
            <label for="phrase">${translate("inbox.phrase")}</label>
            <input
              id="phrase"
              maxlength="100"
              autocomplete="off"
              .value=${this.phrase || (this.phrases[0] ?? "")}
              @input=${(event: Event) => (this.phrase = (event.target as HTMLInputElement).value)}
            />
          </div>
          <ws-drop
            multiple
            .text=${translate("inbox.drop")}
            @files=${(event: CustomEvent<File[]>) => this.upload(event.detail)}
          ></ws-drop>
          ${drawSamples(this.samples && inbox, mdiInboxOutline, "inbox.none")}
        </section>
      </div>
      <section class="card stack">
        <div class="row">
          <h2 class="grow">${translate("samples.kept")}</h2>
          ${kept.length || discarded.length ? this.renderFilter(kept, discarded.length) : nothing}
        </div>
        ${drawSamples(this.samples && shown, mdiWaveform, "samples.none")}
      </section>
      <ws-trash what="sample"></ws-trash>
    </div>`;
  }

  private filter(kept: Sample[]): Sample[] {
    const found = kept.filter((sample) => this.shown === key(sample));
    return this.shown === "all" || !found.length ? kept : found;
  }

  private renderFilter(samples: Sample[], discarded: number) {
    const keys = [...new Set(samples.map(key))].sort();
    return html`<select
      aria-label=${translate("samples.filter")}
      @change=${(event: Event) => (this.shown = (event.target as HTMLSelectElement).value)}
    >
      <option value="all">${translate("samples.all", { n: samples.length })}</option>
      ${keys.map((one) => html`<option value=${one}>${one}</option>`)}
      ${
        discarded
          ? html`<option value=${DISCARDED}>${translate("samples.discarded", { n: discarded })}</option>`
          : nothing
      }
    </select>`;
  }
}

function key(sample: Sample): string {
  return [sample.phrase, sample.speaker].filter(Boolean).join(" · ") || sample.name;
}
