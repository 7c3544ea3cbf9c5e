import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Run } from "../api/events";
import { formatNumber } from "../i18n/format";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import type { ChartOptions } from "./ws-chart";
import "./ws-chart";

/** Loss and what validation says, while it trains. */
@customElement("ws-curves")
export class WsCurves extends LitElement {
  @property({ attribute: false }) metrics: Run["metrics"] = [];
  static override styles = [
    ...shared,
    css`
      .wait {
        display: grid;
        place-items: center;
        min-height: 220px;
        text-align: center;
      }
    `,
  ];
  private readonly loss = lines([{ label: translate("curves.loss"), stroke: "--ws-primary" }]);
  private readonly found = lines(
    [
      { label: translate("curves.recall"), stroke: "--ws-primary" },
      { label: translate("curves.false_accepts"), stroke: "--ws-bad", scale: "rate" },
    ],
    true,
  );

  override render() {
    if (!this.metrics.length) return html`<p class="soft wait">${translate("curves.none")}</p>`;
    const steps = this.metrics.map((metric) => metric.step);
    const values = (name: string, factor = 1) =>
      this.metrics.map((metric) => (metric.values[name] === undefined ? null : metric.values[name] * factor));
    const last = this.metrics[this.metrics.length - 1];
    const told = translate("curves.told", {
      step: last?.step ?? 0,
      loss: formatNumber(last?.values["loss"] ?? 0, 2),
      recall: formatNumber(100 * (last?.values["recall"] ?? 0)),
    });
    return html`<div class="pair">
      <figure class="stack tight">
        <figcaption class="soft">${translate("curves.loss_help")}</figcaption>
        <ws-chart .height=${200} .options=${this.loss} .data=${[steps, values("loss")]} .label=${told}></ws-chart>
      </figure>
      <figure class="stack tight">
        <figcaption class="soft">${translate("curves.found_help")}</figcaption>
        <ws-chart
          .height=${200}
          .options=${this.found}
          .data=${[steps, values("recall", 100), values("false_accepts_per_hour")]}
          .label=${told}
        ></ws-chart>
      </figure>
    </div>`;
  }
}

function lines(series: { label: string; stroke: string; scale?: string }[], rate = false): ChartOptions {
  return {
    scales: {
      x: { time: false },
      ...(rate ? { y: { range: [0, 100] }, rate: { range: (_, __, max) => [0, max || 1] } } : {}),
    },
    axes: [{}, { size: 44 }, ...(rate ? [{ scale: "rate", side: 1 as const, grid: { show: false }, size: 44 }] : [])],
    series: [
      { label: translate("curves.step") },
      ...series.map((one) => ({ ...one, width: 2, points: { show: true, size: 5 } })),
    ],
  };
}
