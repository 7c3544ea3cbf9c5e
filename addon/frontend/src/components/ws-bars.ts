import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { styleMap } from "lit/directives/style-map.js";
import { formatNumber, formatPercent } from "../i18n/format";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";

/** A share with its interval, all 0..1. */
export interface Bar {
  name: string;
  value: number | null;
  low: number;
  high: number;
  total: number;
}

/** Shares as bars, the interval as a thin line; a table for screen readers. */
@customElement("ws-bars")
export class WsBars extends LitElement {
  @property({ attribute: false }) bars: Bar[] = [];
  @property() label = "";
  static override styles = [
    ...shared,
    css`
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 14px;
      }
      th {
        font-weight: 400;
        text-align: start;
        padding: 6px 12px 6px 0;
        overflow-wrap: anywhere;
      }
      td {
        padding: 6px 0;
      }
      td:last-child {
        text-align: end;
        width: 64px;
      }
      .bar {
        width: 50%;
        min-width: 100px;
      }
      .track {
        position: relative;
        height: 10px;
        border-radius: 5px;
        background: var(--ws-raised);
      }
      .fill {
        position: absolute;
        inset: 0 auto 0 0;
        border-radius: 5px;
        background: var(--ws-primary);
      }
      .span {
        position: absolute;
        top: 4px;
        height: 2px;
        background: var(--ws-text);
        opacity: 0.7;
      }
    `,
  ];

  override render() {
    return html`<table>
      <caption class="hidden">
        ${this.label}
      </caption>
      <tbody>
        ${this.bars.map((bar) => this.renderBar(bar))}
      </tbody>
    </table>`;
  }

  private renderBar(bar: Bar) {
    const from = `${bar.low * 100}%`;
    const range = translate("report.interval", {
      low: formatNumber(100 * bar.low),
      high: formatNumber(100 * bar.high),
      n: bar.total,
    });
    return html`<tr title=${range}>
      <th scope="row">${bar.name}</th>
      <td class="bar">
        <div class="track">
          <div class="fill" style=${styleMap({ width: `${100 * (bar.value ?? 0)}%` })}></div>
          <div class="span" style=${styleMap({ left: from, width: `${100 * (bar.high - bar.low)}%` })}></div>
        </div>
        <span class="hidden">${range}</span>
      </td>
      <td class="number">${formatPercent(bar.value)}</td>
    </tr>`;
  }
}
