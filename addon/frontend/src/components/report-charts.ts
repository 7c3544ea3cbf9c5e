/** The report's curves for uPlot. */
import { html, type TemplateResult } from "lit";
import uPlot from "uplot";
import type { Report } from "../api/report";
import { formatNumber } from "../i18n/format";
import { translate } from "../i18n/translate";
import type { ChartOptions } from "./ws-chart";

const HEIGHT = 260;
const TOO_FAST = 100; // wakes an hour: beyond that nobody would use it
const made = new WeakMap<object, Map<string, unknown>>();

/** Make once for a report: a chart is built anew only when its options are other objects. */
function once<T>(owner: object, key: string, make: () => T): T {
  const known = made.get(owner) ?? new Map<string, unknown>();
  made.set(owner, known);
  if (!known.has(key)) known.set(key, make());
  return known.get(key) as T;
}

/** Recall over the bound of false accepts; the cutoff in use as a point. */
export function drawCurve(report: Report, cutoff: number): TemplateResult {
  let best = 0;
  const points = report.curve
    .map((point) => ({ x: point.false_accepts.bound, y: 100 * (point.recall.value ?? 0), cutoff: point.cutoff }))
    .filter((point): point is typeof point & { x: number } => point.x !== null && point.x <= TOO_FAST)
    .sort((a, b) => a.x - b.x || a.y - b.y)
    // What can be had at that rate at most; a device that never rests again hears nothing at all.
    .map((point) => ({ ...point, y: (best = Math.max(best, point.y)) }))
    .filter((point, i, all) => all[i + 1]?.x !== point.x);
  if (!points.length) return html`<p class="soft">${translate("report.curve_none")}</p>`;
  const nearest = points.reduce(
    (last, p) => (Math.abs(p.cutoff - cutoff) < Math.abs(last - cutoff) ? p.cutoff : last),
    999,
  );
  const data = [
    points.map((p) => p.x),
    points.map((p) => p.y),
    points.map((p) => (p.cutoff === nearest ? p.y : null)),
  ] as uPlot.AlignedData;
  const paths = uPlot.paths.stepped?.({ align: 1 });
  const options = once<ChartOptions>(report, "curve", () => ({
    // A range of our own: with a single point a logarithmic axis would have no width.
    scales: {
      x: { time: false, distr: 3, range: (_, low, high) => [low / 1.5, high * 1.5] },
      y: { range: [0, 100] },
    },
    // On a logarithmic axis uPlot leaves out ticks by null.
    axes: [
      { values: (_, ticks: (number | null)[]) => ticks.map((tick) => (tick === null ? "" : formatNumber(tick, 2))) },
      { size: 44 },
    ],
    series: [
      { label: translate("report.bound") },
      {
        label: translate("report.heard"),
        stroke: "--ws-primary",
        fill: "--ws-primary",
        width: 2,
        points: { show: true, size: 5 },
        ...(paths ? { paths } : {}),
      },
      {
        label: translate("report.now"),
        stroke: "--ws-bad",
        width: 0,
        points: { show: true, size: 11, fill: "#0000" },
      },
    ],
  }));
  const label = translate("report.curve_help");
  return html`<ws-chart .height=${HEIGHT} .options=${options} .data=${data} .label=${label}></ws-chart>`;
}

/** Scores of the phrase, near misses and everything else, as shares of their own; the cutoff as a line. */
export function drawScores(scores: NonNullable<Report["scores"]>, cutoff: number): TemplateResult {
  const bins = scores.positives.length;
  const shares = (counts: number[]): number[] => {
    const total = counts.reduce((sum, n) => sum + n, 0) || 1;
    return [...counts, ...counts.slice(-1)].map((n) => (100 * n) / total); // a step ends where the next begins
  };
  const data = [
    Array.from({ length: bins + 1 }, (_, i) => Math.round((255 * i) / bins)),
    shares(scores.positives),
    shares(scores.near_misses),
    shares(scores.negatives),
  ] as uPlot.AlignedData;
  const paths = uPlot.paths.stepped?.({ align: 1 });
  const steps = { points: { show: false }, ...(paths ? { paths } : {}) };
  const options = once<ChartOptions>(scores, `scores${cutoff}`, () => ({
    scales: { x: { time: false, range: [0, 255] }, y: { range: [0, 100] } },
    axes: [{}, { size: 44, values: (_, ticks) => ticks.map((tick) => `${tick} %`) }],
    series: [
      { label: translate("report.score") },
      {
        label: translate("report.phrase"),
        stroke: "--ws-good",
        fill: "--ws-good",
        width: 2,
        ...steps,
      },
      { label: translate("report.near"), stroke: "--ws-warn", width: 2, dash: [6, 4], ...steps },
      { label: translate("report.other"), stroke: "--ws-bad", width: 1, ...steps },
    ],
    hooks: { draw: [(plot) => drawLine(plot, cutoff)] },
  }));
  const label = translate("report.scores_help");
  return html`<ws-chart .height=${HEIGHT} .options=${options} .data=${data} .label=${label}></ws-chart>`;
}

export function drawLatency(latency: NonNullable<Report["latency"]>): TemplateResult {
  const width = 40; // ms a bin
  const bins = new Map<number, number>();
  for (const value of latency.values_ms) {
    const bin = Math.floor(value / width) * width;
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  const keys = [...bins.keys()];
  const xs = [];
  for (let x = Math.min(...keys); x <= Math.max(...keys); x += width) xs.push(x);
  const data = [xs, xs.map((x) => bins.get(x) ?? 0)] as uPlot.AlignedData;
  const paths = uPlot.paths.bars?.({ size: [0.9], align: 1 });
  const options = once<ChartOptions>(latency, "latency", () => ({
    scales: { x: { time: false }, y: { range: (_, __, max) => [0, max] } },
    axes: [{ values: (_, ticks) => ticks.map((tick) => `${tick} ms`) }, { size: 44 }],
    series: [
      { label: translate("report.delay") },
      {
        label: translate("report.detections"),
        stroke: "--ws-primary",
        fill: "--ws-primary",
        width: 1,
        ...(paths ? { paths } : {}),
        points: { show: false },
      },
    ],
  }));
  const label = translate("report.latency_told", { median: latency.median_ms, p95: latency.p95_ms });
  return html`<ws-chart .height=${HEIGHT} .options=${options} .data=${data} .label=${label}></ws-chart>`;
}

/** A dashed upright line at x. */
function drawLine(plot: uPlot, x: number): void {
  const { ctx, bbox } = plot;
  const at = plot.valToPos(x, "x", true);
  ctx.save();
  ctx.strokeStyle = getComputedStyle(plot.root).color;
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(at, bbox.top);
  ctx.lineTo(at, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
