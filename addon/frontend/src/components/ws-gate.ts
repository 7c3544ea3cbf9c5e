import { mdiAlertCircle, mdiCheckCircle, mdiInformationOutline } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Comparison, Gate } from "../api/fleet";
import { formatNumber } from "../i18n/format";
import { tell } from "../i18n/told";
import { findText, translate } from "../i18n/translate";
import { describeAccepts, describeHours } from "../i18n/words";
import { shared } from "../styles/shared";
import { nameWord } from "./word-name";
import "./ws-icon";

export interface Knowingly {
  override: boolean;
  replace: boolean;
}

/** Whether the model may leave: what was checked, and what the user must say to send it all the same. Emits `change`. */
@customElement("ws-gate")
export class WsGate extends LitElement {
  @property({ attribute: false }) gate!: Gate;
  @property({ attribute: false }) knowingly: Knowingly = { override: false, replace: false };
  static override styles = [
    ...shared,
    css`
      li,
      label {
        display: grid;
        grid-template-columns: 24px minmax(0, 1fr);
        gap: 12px;
      }
      label {
        font-size: 16px;
        font-weight: 400;
        padding: 14px 16px;
        border-radius: var(--ws-radius);
        background: color-mix(in srgb, var(--ws-warn) 14%, var(--ws-card));
        cursor: pointer;
      }
      label input {
        margin: 2px;
      }
      p {
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    const { gate } = this;
    const broken = gate.checks.filter((check) => !check.ok);
    return html`<div class="stack">
      <ul class="stack tight">
        ${
          gate.compatible
            ? this.renderLine(true, translate("gate_check.all", { n: gate.checks.length }))
            : broken.map(({ name, message }) =>
                this.renderLine(false, findText(`gate_check.${name}`) ?? name, message),
              )
        }
        ${gate.quality.map((one) => this.renderLine(one.ok, ...describeBound(one)))}
        ${gate.rival && gate.comparison ? this.renderComparison(nameWord(gate.rival), gate.comparison) : nothing}
      </ul>
      ${gate.compatible ? nothing : html`<p class="bad">${translate("gate_check.never")}</p>`}
      ${gate.compatible && gate.quality.some((one) => one.ok === false) ? this.renderKnowingly("override") : nothing}
      ${gate.compatible && gate.comparison && !gate.comparison.wins ? this.renderKnowingly("replace") : nothing}
    </div>`;
  }

  private renderLine(ok: boolean | null, message: string, more: unknown = "") {
    return html`<li>
      <ws-icon
        class=${ok === null ? "soft" : ok ? "good" : "bad"}
        .path=${ok === null ? mdiInformationOutline : ok ? mdiCheckCircle : mdiAlertCircle}
      ></ws-icon>
      <div>
        <span class="hidden">${translate(ok === false ? "preflight.missing" : "preflight.ok")}: </span>
        <p>${message}</p>
        ${more ? html`<p class="soft">${more}</p>` : nothing}
      </div>
    </li>`;
  }

  private renderComparison(rival: string, found: Comparison) {
    const figures = found.clips
      ? [
          translate("compare.heard", {
            clips: found.clips,
            found: found.found,
            rival,
            rival_found: found.rival_found,
          }),
        ]
      : [];
    if (found.hours) {
      const time = describeHours(found.hours);
      figures.push(translate("compare.woke", { accepts: found.accepts, rival_accepts: found.rival_accepts, time }));
    }
    if (found.clips) figures.push(translate("compare.chance", { p: formatNumber(found.p, 3) }));
    return this.renderLine(found.wins, translate(`compare.${found.verdict}`, { rival }), figures.join(" "));
  }

  private renderKnowingly(what: keyof Knowingly) {
    const rival = this.gate.rival ? nameWord(this.gate.rival) : "";
    return html`<label>
      <input
        type="checkbox"
        .checked=${this.knowingly[what]}
        @change=${(event: Event) => this.tell({ [what]: (event.target as HTMLInputElement).checked })}
      />
      <span>${translate(`knowingly.${what}`, { rival })}</span>
    </label>`;
  }

  private tell(change: Partial<Knowingly>): void {
    this.dispatchEvent(new CustomEvent("change", { detail: { ...this.knowingly, ...change } }));
  }
}

/** Say a bound in plain words, with what is asked for; as the service says it where we know nothing better. */
function describeBound(one: Gate["quality"][number]): [message: string, more: string] {
  const { low, high, bound } = one.values ?? {};
  const asked = Number(bound);
  if (one.code === "recall" && low !== undefined) {
    const told = translate("gate.recall", { low: Math.floor(100 * Number(low)) });
    return [told, one.ok ? "" : translate("gate.recall_asked", { bound: Math.round(100 * asked) })];
  }
  if (one.code === "false_accepts" && high !== undefined) {
    const key = one.ok === null ? "gate.too_little" : "gate.false_accepts_asked";
    return [describeAccepts(Number(high)), one.ok ? "" : translate(key, { bound: formatNumber(asked, 1) })];
  }
  const { message } = tell(one, "gate");
  return one.ok === null
    ? [translate(`gate.${one.code as "recall"}_unknown`), translate("gate.too_little")]
    : [message, ""];
}
