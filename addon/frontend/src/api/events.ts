/** The messages of a run, as trainer/events.py defines them, and what they add up to. */

export type TrainerEvent =
  | { kind: "started"; phrase: string; folder: string; stages: string[] }
  | { kind: "stage"; name: string; state: StageState; seconds: number }
  | { kind: "progress"; done: number; total: number; unit: string; rate: number; eta_s: number | null }
  | { kind: "metric"; step: number; values: Record<string, number> }
  | { kind: "sample"; path: string; label: string }
  | { kind: "warning"; code: string; message: string; hint: string }
  | { kind: "finished"; model: string; summary: string }
  | { kind: "failed"; code: string; message: string; hint: string };

export type StageState = "waiting" | "running" | "done" | "skipped";

export const STAGES = ["phrase", "samples", "features", "training", "model", "evaluation"];

export interface Progress {
  done: number;
  total: number;
  unit: string;
  rate: number;
  eta_s: number | null;
}

export interface Warning {
  code: string;
  message: string;
  hint: string;
}

/** Where a run stands: folded from its events. */
export interface Run {
  stages: { name: string; state: StageState; seconds: number }[];
  progress: Progress | null;
  metrics: { step: number; values: Record<string, number> }[];
  samples: { path: string; label: string }[];
  warnings: Warning[];
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
    case "started":
      return { ...emptyRun(event.stages), metrics: run.metrics, samples: run.samples };
    case "stage": {
      const { name, state, seconds } = event;
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
