/** The curve of probabilities with its cutoff line, as the device sees them. */
import type { Hearing } from "../api/types";
import type { AlignedData } from "uplot";
import { translate } from "../i18n/translate";
import type { ChartOptions } from "./ws-chart";

/** Return a cutoff as a share, whether it is on the device's 0..255 grid or 0..1 already. */
export function toShare(cutoff: number): number {
  return cutoff > 1 ? cutoff / 255 : cutoff;
}

/** `seconds`: width of a window that moves along; without it the whole sound is shown. */
export function probabilityOptions(seconds?: number): ChartOptions {
  return {
    scales: {
      x: {
        time: false,
        ...(seconds
          ? { range: (_, __, max) => [Math.max(0, (max || 0) - seconds), Math.max(seconds, max || 0)] }
          : {}),
      },
      y: { range: [0, 1] },
    },
    axes: [
      { values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
      { size: 48, values: (_, ticks) => ticks.map((tick) => `${Math.round(tick * 100)} %`) },
    ],
    series: [
      { label: translate("try.time"), value: (_, x: number | null) => (x === null ? "" : `${x.toFixed(1)} s`) },
      {
        label: translate("try.mean"),
        stroke: "--ws-primary",
        fill: "--ws-primary",
        width: 2,
        value: percent,
        points: { show: false },
      },
      { label: translate("try.raw"), stroke: "--ws-soft", width: 1, value: percent, points: { show: false } },
      {
        label: translate("try.cutoff"),
        stroke: "--ws-bad",
        width: 2,
        dash: [6, 4],
        value: percent,
        points: { show: false },
      },
    ],
  };
}

export function hearingData(hearing: Hearing): AlignedData {
  const line = toShare(hearing.cutoff);
  return [
    hearing.probabilities.map((_, i) => i * hearing.step_s),
    hearing.means,
    hearing.probabilities,
    hearing.probabilities.map(() => line),
  ];
}

function percent(_: unknown, value: number | null): string {
  return value === null ? "" : `${Math.round(100 * value)} %`;
}
