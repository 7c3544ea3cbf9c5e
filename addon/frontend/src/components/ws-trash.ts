import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { listDeleted, restoreModel, restoreSample } from "../api/client";
import type { Model, Sample } from "../api/types";
import { attempt } from "../errors";
import { formatWhen } from "../i18n/format";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";

/** What was deleted in the last 30 days, read when it is opened, to be put back. */
@customElement("ws-trash")
export class WsTrash extends LitElement {
  @property() what: "model" | "sample" = "model";
  @state() private found: (Model | Sample)[] | null = null;
  static override styles = [
    ...shared,
    css`
      summary {
        cursor: pointer;
        font-weight: 500;
        min-height: 28px;
      }
    `,
  ];

  private async read(): Promise<void> {
    this.found = (await attempt(() => listDeleted(this.what))) ?? this.found ?? [];
  }

  private async restore(id: string): Promise<void> {
    await attempt<unknown>(() => (this.what === "model" ? restoreModel(id) : restoreSample(id)));
    await this.read();
  }

  override render() {
    return html`<details
      class="card"
      @toggle=${(event: Event) => (event.target as HTMLDetailsElement).open && void this.read()}
    >
      <summary>${translate("trash.title")}</summary>
      <p class="soft">${translate("trash.help")}</p>
      ${this.found && !this.found.length ? html`<p>${translate("trash.none")}</p>` : nothing}
      <ul class="lines">
        ${this.found?.map((one) => this.renderOne(one))}
      </ul>
    </details>`;
  }

  private renderOne(one: Model | Sample) {
    const name = "version" in one ? one.id : [one.phrase, one.speaker || one.name].filter(Boolean).join(" · ");
    return html`<li class="line">
      <span class="grow">${name}<br /><span class="soft">${formatWhen(one.deleted ?? one.created)}</span></span>
      <button
        class="outlined"
        aria-label=${translate("trash.restore_name", { name })}
        @click=${() => this.restore(one.id)}
      >
        ${translate("trash.restore")}
      </button>
    </li>`;
  }
}
