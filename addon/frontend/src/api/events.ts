/** The messages of a run, as trainer/events.py defines them, and what they add up to. */
import type { Message } from "../i18n/told";

export type TrainerEvent =
  | { kind: "started"; phrase: string; folder: string; stages: string[] }
  | { kind: "stage"; name: string; state: StageState; seconds: number }
  | { kind: "progress"; done: number; total: number; unit: string; rate: number; eta_s: number | null }
  | { kind: "metric"; step: number; values: Record<string, number> }
  | { kind: "sample"; path: string; label: string }
  | ({ kind: "warning" } & Message)
  | { kind: "finished"; model: string; summary: string }
  | ({ kind: "failed" } & Message);

export type StageState = "waiting" | "running" | "done" | "skipped";

export const STAGES = ["phrase", "samples", "features", "training", "model", "evaluation"];

export interface Progress {
  done: number;
  total: number;
  unit: string;
  rate: number;
  eta_s: number | null;
}

/** Where a run stands: folded from its events. */
export interface Run {
  stages: { name: string; state: StageState; seconds: number }[];
  progress: Progress | null;
  metrics: { step: number; values: Record<string, number> }[];
  samples: { path: string; label: string }[];
  warnings: Message[];
}

export function emptyRun(stages: readonly string[] = STAGES): Run {
  return {
    stages: stages.map((name) => ({ name, state: "waiting", seconds: 0 })),
    progress: null,
    metrics: [],
    samples: [],
    warnings: [],
  };
}

/** Return the run after the event. A run that goes on keeps the figures and clips of the earlier ones. */
export function foldEvent(run: Run, event: TrainerEvent): Run {
  switch (event.kind) {
    case "started": {
      const earlier = run.stages.filter((s) => s.state !== "running");
      const { stages, ...rest } = emptyRun(event.stages);
      const known = stages.map((stage) => earlier.find((s) => s.name === stage.name) ?? stage);
      return { ...rest, stages: known, metrics: run.metrics, samples: run.samples };
    }
    case "stage": {
      const { name, state, seconds } = event;
      // An earlier attempt did it, and says how long it took.
      if (state === "skipped" && run.stages.some((s) => s.name === name && s.state === "done")) return run;
      return {
        ...run,
        progress: null,
        stages: run.stages.map((s) => (s.name === name ? { name, state, seconds } : s)),
      };
    }
    case "progress":
      return { ...run, progress: event };
    case "metric":
      return { ...run, metrics: [...run.metrics.filter((m) => m.step < event.step), event] };
    case "sample":
      return run.samples.some((s) => s.path === event.path) ? run : { ...run, samples: [...run.samples, event] };
    case "warning":
      return run.warnings.some((w) => w.code === event.code && w.message === event.message)
        ? run
        : { ...run, warnings: [...run.warnings, event] };
    default:
      return { ...run, progress: null };
  }
}
