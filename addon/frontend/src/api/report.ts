/** What the panel shows of `report.json`, as the trainer's evaluation writes it. */

import type { Message } from "../i18n/told";

export interface Share {
  hits: number;
  total: number;
  value: number | null;
  low: number;
  high: number;
}

export interface Hourly {
  count: number;
  hours: number;
  value: number | null;
  /** Upper bound an hour, 95 % sure. */
  bound: number | null;
}

export interface Sensitivity {
  name: "low" | "medium" | "high" | "default";
  cutoff: number;
  recall: Share;
  near_misses: Share;
  false_accepts: Hourly;
  target: number;
  held: boolean;
  proven: boolean;
}

export interface Report {
  conditions: { name: string; recall: Share }[];
  groups: { name: string; recall: Share }[];
  sources: { name: string; files: number; rate: Hourly }[];
  near_misses: Share | null;
  false_accepts: Hourly;
  curve: { cutoff: number; recall: Share; false_accepts: Hourly }[];
  scores: { positives: number[]; near_misses: number[]; negatives: number[] } | null;
  latency: { estimated: boolean; median_ms: number; p95_ms: number; values_ms: number[] } | null;
  cautions: Message[];
  calibration: { window: number; sensitivities: Sensitivity[] } | null;
  history: { step: number; [value: string]: number }[];
  provenance: { voices?: number; sources?: { name: string; licence: string; hours: number }[] };
}
