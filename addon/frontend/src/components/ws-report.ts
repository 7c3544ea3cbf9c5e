import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Report, Share } from "../api/report";
import { formatNumber } from "../i18n/format";
import { translate, type TextKey } from "../i18n/translate";
import { describeHours, nameCondition, nameSound, nameVoice } from "../i18n/words";
import { shared } from "../styles/shared";
import type { Bar } from "./ws-bars";
import "./ws-bars";
import "./ws-chart";
import { drawCurve, drawLatency, drawScores } from "./report-charts";

const FIRST_VOICES = 8;

/** The plots of the report. */
@customElement("ws-report")
export class WsReport extends LitElement {
  @property({ attribute: false }) report!: Report;
  @property({ type: Number }) cutoff = 0;
  @state() private all = false;
  static override styles = [
    ...shared,
    css`
      figure {
        display: grid;
        gap: 8px;
        align-content: start;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 14px;
      }
      th,
      td {
        text-align: start;
        padding: 8px 12px 8px 0;
        border-bottom: 1px solid var(--ws-line);
        font-weight: 400;
        overflow-wrap: anywhere;
      }
      thead th {
        color: var(--ws-soft);
      }
      .scroll {
        overflow-x: auto;
      }
    `,
  ];

  override render() {
    const { report } = this;
    const conditions = report.conditions.map((one) => toBar(nameCondition(one.name), one.recall));
    const voices = report.groups.map((one) => toBar(nameVoice(one.name), one.recall));
    return html`<div class="stack">
      <div class="pair">
        ${this.renderFigure("curve", html`${drawCurve(report, this.cutoff)}`)}
        ${report.scores ? this.renderFigure("scores", html`${drawScores(report.scores, this.cutoff)}`) : nothing}
      </div>
      <div class="pair">
        ${this.renderFigure(
          "conditions",
          html`<ws-bars .bars=${conditions} .label=${translate("report.conditions")}></ws-bars>`,
        )}
        ${report.latency ? this.renderFigure("latency", html`${drawLatency(report.latency)}`) : nothing}
      </div>
      <div class="pair">
        ${
          voices.length
            ? this.renderFigure(
                "voices",
                html`<ws-bars
                    .bars=${this.all ? voices : voices.slice(0, FIRST_VOICES)}
                    .label=${translate("report.voices")}
                  ></ws-bars>
                  ${
                    voices.length > FIRST_VOICES
                      ? html`<button aria-expanded=${this.all} @click=${() => (this.all = !this.all)}>
                          ${this.all ? translate("voices.fewer") : translate("voices.all", { n: voices.length })}
                        </button>`
                      : nothing
                  }`,
              )
            : nothing
        }
        ${report.sources.length ? this.renderFigure("sounds", this.renderSounds(report)) : nothing}
      </div>
    </div>`;
  }

  private renderFigure(name: string, content: unknown) {
    return html`<figure class="card">
      <h3>${translate(`report.${name}` as TextKey)}</h3>
      <figcaption class="soft">${translate(`report.${name}_help` as TextKey)}</figcaption>
      ${content}
    </figure>`;
  }

  private renderSounds(report: Report) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${translate("report.sounds")}>
      <table>
        <thead>
          <tr>
            <th scope="col">${translate("report.sound")}</th>
            <th scope="col">${translate("report.length")}</th>
            <th scope="col">${translate("report.woke")}</th>
          </tr>
        </thead>
        <tbody>
          ${report.sources.map(
            (source) =>
              html`<tr>
                <th scope="row">${nameSound(source.name)}</th>
                <td class="number">${describeHours(source.rate.hours)}</td>
                <td class="number">${formatNumber(source.rate.count)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

function toBar(name: string, share: Share): Bar {
  return { name, value: share.value, low: share.low, high: share.high, total: share.total };
}
