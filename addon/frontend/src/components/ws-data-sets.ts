import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import * as client from "../api/client";
import { live } from "../api/live";
import type { DataSet } from "../api/types";
import { attempt, describeError } from "../errors";
import { fill, findText, translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { downloadStyles, renderDownload } from "./download-line";
import "./ws-problem";

const FIRST = 4;

/** What can be downloaded, with size and licence: public recordings, or with `of="gpu"` the graphics card's packages. */
@customElement("ws-data-sets")
export class WsDataSets extends LitElement {
  @property() of: "recordings" | "gpu" = "recordings";
  @state() private sets: DataSet[] | null = null;
  @state() private all = false;
  @state() private problem: { message: string; hint: string } | null = null;
  static override styles = [
    ...shared,
    downloadStyles,
    css`
      .skeleton {
        height: 240px;
      }
    `,
  ];

  override connectedCallback() {
    super.connectedCallback();
    live.addEventListener("data", this.heard);
    void this.load();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    live.removeEventListener("data", this.heard);
  }

  private async load(): Promise<void> {
    try {
      this.sets = (await client.listData()).filter(({ kind }) => (kind === "gpu") === (this.of === "gpu"));
    } catch (error) {
      this.problem = describeError(error);
    }
  }

  private readonly heard = (event: Event): void => {
    const { data } = (event as CustomEvent<{ data: Partial<DataSet> }>).detail;
    this.sets = this.sets?.map((set) => (set.name === data.name ? { ...set, ...data } : set)) ?? null;
  };

  private async act(work: Promise<unknown>): Promise<void> {
    await attempt(() => work);
    await this.load();
  }

  override render() {
    if (this.of === "gpu" && !this.sets?.length) return nothing;
    if (this.problem) {
      return html`<ws-problem level="warn" .message=${this.problem.message} .hint=${this.problem.hint}></ws-problem>`;
    }
    if (!this.sets) return html`<div class="skeleton" aria-busy="true"></div>`;
    if (!this.sets.length) return html`<p class="soft">${translate("data.none")}</p>`;
    const busy = this.sets.filter((set) => set.state !== "absent");
    const rest = this.sets.filter((set) => set.state === "absent");
    const shown = this.all ? this.sets : [...busy, ...rest].slice(0, Math.max(FIRST, busy.length));
    return html`<ul class="lines">
        ${shown.map((set) => this.renderSet(set))}
      </ul>
      ${
        this.sets.length > FIRST
          ? html`<button aria-expanded=${this.all} @click=${() => (this.all = !this.all)}>
              ${this.all ? translate("data.fewer") : translate("data.all", { n: this.sets.length })}
            </button>`
          : nothing
      }`;
  }

  private renderSet(set: DataSet) {
    return renderDownload(set, ...describe(set), {
      download: (name) => this.act(client.downloadData(name)),
      cancel: (name) => this.act(client.cancelData(name)),
      delete: (name) => this.act(client.deleteData(name)),
    });
  }
}

/** Title and note: in our own words where there are some, else as they came. The parts of a set share theirs. */
function describe(set: DataSet): [title: string, note: string] {
  if (set.kind === "gpu") return [translate("data.gpu"), translate("data.gpu_help")];
  const [, name, part] = /^(.+?)(?:_(\d\d))?$/.exec(set.name) ?? [];
  const title = findText(`pack.${name}`);
  return [
    title === undefined ? set.title : fill(title, { part: Number(part) + 1 }),
    findText(`pack.${name}.note`) ?? set.note,
  ];
}
