import { mdiBroom } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { styleMap } from "lit/directives/style-map.js";
import { say } from "../announce";
import { cleanSystem } from "../api/client";
import type { System } from "../api/types";
import { attempt } from "../errors";
import { formatBytes, formatNumber } from "../i18n/format";
import { hasText, translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-icon";

const CLEANABLE = ["previews", "trash", "work"] as const;

/** The machine, the disk with its clean-up. Emits `cleaned`. */
@customElement("ws-system")
export class WsSystem extends LitElement {
  /** Null while it is asked. */
  @property({ attribute: false }) system: System | null = null;
  @property() section: "hardware" | "storage" | "about" = "hardware";
  /** The trash is asked about once more: what was in it is gone for good. */
  @state() private sure = false;
  static override styles = [
    ...shared,
    css`
      .skeleton {
        height: 160px;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 8px 24px;
      }
      dt {
        color: var(--ws-soft);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .disk {
        display: flex;
        height: 16px;
        border-radius: 8px;
        overflow: hidden;
        gap: 2px;
        background: var(--ws-raised);
      }
      .disk div {
        min-width: 3px;
        background: var(--ws-primary);
      }
      .disk div:nth-child(2n) {
        opacity: 0.65;
      }
      .disk div:nth-child(3n) {
        opacity: 0.4;
      }
    `,
  ];

  override render() {
    if (!this.system) return html`<div class="skeleton" aria-busy="true"></div>`;
    if (this.section === "hardware") return this.renderHardware(this.system);
    return this.section === "storage" ? this.renderStorage(this.system) : this.renderAbout(this.system);
  }

  private renderHardware({ hardware }: System) {
    if (!hardware) return html`<p class="soft">${translate("hardware.unknown")}</p>`;
    const { gpu } = hardware;
    return html`<div class="stack tight">
      <dl>
        <dt>${translate("hardware.cores")}</dt>
        <dd class="number">${formatNumber(hardware.cores)}</dd>
        <dt>${translate("hardware.memory")}</dt>
        <dd class="number">${formatBytes(hardware.memory_mb * 1e6)}</dd>
        <dt>${translate("hardware.gpu")}</dt>
        <dd>${gpu ? gpu.name : translate("hardware.no_gpu")}</dd>
      </dl>
      ${gpu ? nothing : html`<p class="soft">${translate("hardware.cpu_is_fine")} ${hardware.why ? `(${hardware.why})` : ""}</p>`}
    </div>`;
  }

  private renderStorage({ storage, free_mb }: System) {
    const kinds = Object.entries(storage).filter(([, size]) => size >= 0.1);
    return html`<div class="stack">
      <div class="disk" aria-hidden="true">
        ${kinds.map(([, size]) => html`<div style=${styleMap({ flexGrow: String(size) })}></div>`)}
      </div>
      <dl>
        ${kinds.map(
          ([kind, size]) =>
            html`<dt>${name(kind)}</dt>
              <dd class="number">${formatBytes(size * 1e6)}</dd>`,
        )}
        <dt>${translate("storage.free")}</dt>
        <dd class="number">${formatBytes(free_mb * 1e6)}</dd>
      </dl>
      <div class="stack tight">
        <p class="soft">${translate("storage.help")}</p>
        <div class="row">
          ${CLEANABLE.map(
            (what) =>
              html`<button
                class="outlined ${what === "trash" && this.sure ? "danger" : ""}"
                @click=${() => this.clean(what)}
                @blur=${() => (this.sure = false)}
              >
                <ws-icon .path=${mdiBroom}></ws-icon
                >${translate(what === "trash" && this.sure ? "storage.clean.sure" : `storage.clean.${what}`)}
              </button>`,
          )}
        </div>
      </div>
    </div>`;
  }

  private async clean(what: string): Promise<void> {
    if (what === "trash" && !this.sure) {
      this.sure = true;
      return;
    }
    this.sure = false;
    await attempt(async () => {
      const { freed_mb } = await cleanSystem([what]);
      say({ text: translate("storage.cleaned", { size: formatBytes(freed_mb * 1e6) }) });
      this.dispatchEvent(new Event("cleaned"));
    });
  }

  private renderAbout({ versions }: System) {
    return html`<dl>
      ${Object.entries(versions).map(
        ([what, version]) =>
          html`<dt>${what}</dt>
            <dd class="number">${version}</dd>`,
      )}
    </dl>`;
  }
}

function name(kind: string): string {
  const key = `storage.${kind}`;
  return hasText(key) ? translate(key) : kind;
}
