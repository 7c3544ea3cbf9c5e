import { mdiClose, mdiDelete, mdiDownload } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import * as client from "../api/client";
import { live } from "../api/live";
import type { DataSet } from "../api/types";
import { attempt, describeError } from "../errors";
import { formatBytes } from "../i18n/format";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-icon";
import "./ws-problem";
import "./ws-progress";

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
    css`
      .line {
        min-height: 76px;
      }
      .skeleton {
        height: 240px;
      }
      .line {
        flex-wrap: wrap;
      }
      .name {
        flex: 1 1 220px;
        overflow-wrap: anywhere;
      }
      ws-progress {
        margin-top: 8px;
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
    const title = set.kind === "gpu" ? translate("data.gpu") : set.title;
    const note = set.kind === "gpu" ? translate("data.gpu_help") : set.note;
    const about = [set.size_mb === null ? "" : formatBytes(set.size_mb * 1e6), set.licence].filter(Boolean);
    return html`<li class="line">
      <div class="grow name">
        ${title}<br /><span class="soft">${about.join(" · ")}${note ? html`<br />${note}` : nothing}</span>
        ${set.state === "failed" ? html`<br /><span class="bad soft">${set.message}</span>` : nothing}
        ${
          set.state === "downloading"
            ? html`<ws-progress .done=${set.done} .total=${set.total} .label=${title}></ws-progress>`
            : nothing
        }
      </div>
      ${this.renderButton(set, { name: title })}
    </li>`;
  }

  private renderButton(set: DataSet, name: { name: string }) {
    switch (set.state) {
      case "downloading":
        return html`<button
          class="icon"
          aria-label=${translate("data.cancel", name)}
          @click=${() => this.act(client.cancelData(set.name))}
        >
          <ws-icon .path=${mdiClose}></ws-icon>
        </button>`;
      case "here":
        return html`<span class="soft good">${translate("data.here")}</span
          ><button
            class="icon"
            aria-label=${translate("data.delete", name)}
            @click=${() => this.act(client.deleteData(set.name))}
          >
            <ws-icon .path=${mdiDelete}></ws-icon>
          </button>`;
      default:
        return html`<button
          class="outlined"
          aria-label=${translate("data.download_name", name)}
          @click=${() => this.act(client.downloadData(set.name))}
        >
          <ws-icon .path=${mdiDownload}></ws-icon>${translate("data.download")}
        </button>`;
    }
  }
}
