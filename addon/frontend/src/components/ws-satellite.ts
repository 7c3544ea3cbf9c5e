import { mdiCancel, mdiChip, mdiFlashOutline } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { say } from "../announce";
import { tuneSatellite } from "../api/client";
import type { Delivery, Satellite, Tuning } from "../api/fleet";
import { LiveController } from "../api/live-controller";
import { attempt } from "../errors";
import { formatWhen } from "../i18n/format";
import { tell } from "../i18n/told";
import { hasText, translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { nameWord, renderWord } from "./word-name";
import "./ws-icon";

export const DELIVERY_ICONS: Record<Delivery, string> = {
  external: mdiFlashOutline,
  flash: mdiChip,
  none: mdiCancel,
};

/** A device of the house: what it listens for, and how it takes another word. */
@customElement("ws-satellite")
export class WsSatellite extends LitElement {
  @property({ attribute: false }) satellite!: Satellite;
  @state() private busy = false;
  readonly controller = new LiveController(this);
  static override styles = [
    ...shared,
    css`
      :host,
      article {
        height: 100%;
      }
      article {
        min-height: 232px;
      }
      h3 {
        overflow-wrap: anywhere;
      }
      .head {
        display: flex;
        gap: 12px;
        align-items: baseline;
      }
      .online {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-size: 14px;
        white-space: nowrap;
      }
      .online::before {
        content: "";
        width: 8px;
        height: 8px;
        border-radius: 50%;
        border: 2px solid currentColor;
      }
      .online.good::before {
        background: currentColor;
      }
      .words {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      .words li {
        border-radius: 9999px;
        padding: 3px 12px;
        font-size: 14px;
        background: var(--ws-raised);
        overflow-wrap: anywhere;
      }
      .way {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 2px 10px;
        font-size: 14px;
      }
      .way ws-icon {
        width: 20px;
        height: 20px;
        color: var(--ws-soft);
      }
      .way .soft {
        grid-column: 2;
      }
    `,
  ];

  private async tune({ word }: Tuning, option: string): Promise<void> {
    this.busy = true;
    const { id, name } = this.satellite;
    await attempt(async () => {
      await tuneSatellite(id, word, option);
      say({ text: translate("satellites.tuned", { name, option: nameOption(option) }) });
    });
    this.busy = false;
  }

  override render() {
    const { satellite } = this;
    const about = [satellite.room, satellite.board, nameFirmware(satellite)].filter(Boolean);
    const known = { true: "online", false: "offline", null: "unseen" } as const;
    return html`<article class="card stack tight" aria-labelledby="name">
      <div class="head">
        <h3 class="grow" id="name">${satellite.name}</h3>
        <span class="online ${satellite.online ? "good" : "soft"}"
          >${translate(`satellites.${known[`${satellite.online}`]}`)}</span
        >
      </div>
      <p class="soft">${about.join(" · ") || translate("satellites.nothing_known")}</p>
      <p class="soft" id="listens">
        ${translate(satellite.active.length ? "satellites.listens" : "satellites.listens_none")}
      </p>
      ${
        satellite.active.length
          ? html`<ul class="words" aria-labelledby="listens">
              ${satellite.active.map((id) => html`<li>${renderWord(id)}</li>`)}
            </ul>`
          : nothing
      }
      ${satellite.sensitivities.map((tuning, n) => this.renderTuning(tuning, n))} ${this.renderWay()}
    </article>`;
  }

  private renderWay() {
    const { delivery, message } = this.satellite;
    const told = message ? tell(this.satellite, "satellite") : null;
    return html`<div class="way">
      <ws-icon .path=${DELIVERY_ICONS[delivery]}></ws-icon><span>${translate(`delivery.${delivery}`)}</span>
      ${told ? html`<p class="soft">${told.message} ${told.hint}</p>` : nothing}
      ${
        this.satellite.as_of
          ? html`<p class="soft">${translate("satellites.as_of", { when: formatWhen(this.satellite.as_of) })}</p>`
          : nothing
      }
    </div>`;
  }

  private renderTuning(tuning: Tuning, n: number) {
    const field = `tuning${n}`;
    if (tuning.high != null) return this.renderThreshold(tuning, field);
    return html`<div class="field">
      <label for=${field}>${translate("satellites.sensitivity", { word: nameWord(tuning.word) })}</label>
      <select
        id=${field}
        ?disabled=${this.busy || this.satellite.online === false}
        @change=${(event: Event) => this.tune(tuning, (event.target as HTMLSelectElement).value)}
      >
        ${tuning.options.map(
          (option) =>
            html`<option value=${option} ?selected=${option === tuning.option}>${nameOption(option)}</option>`,
        )}
      </select>
    </div>`;
  }

  private renderThreshold(tuning: Tuning, field: string) {
    return html`<div class="field">
      <label for=${field}>${translate("satellites.threshold", { word: nameWord(tuning.word) })}</label>
      <input
        id=${field}
        type="number"
        min=${tuning.low ?? 0}
        max=${tuning.high ?? 1}
        step=${tuning.step ?? "any"}
        aria-describedby="${field}-help"
        .value=${tuning.option}
        ?disabled=${this.busy || this.satellite.online === false}
        @change=${(event: Event) => this.tune(tuning, (event.target as HTMLInputElement).value)}
      />
      <p class="soft" id="${field}-help">${translate("satellites.threshold_help")}</p>
    </div>`;
  }
}

/** Those that load words by themselves are programs of their own, not ESPHome. */
function nameFirmware({ delivery, project, version }: Satellite): string {
  return delivery === "external" ? [project, version].filter(Boolean).join(" ") : version && `ESPHome ${version}`;
}

/** Our own names of sensitivities are said in the user's language; others stay. */
function nameOption(option: string): string {
  const key = `sensitivity.${option.toLowerCase()}`;
  return hasText(key) ? translate(key) : option;
}
