/** The choices of *Advanced*: a row is a key of the recipe, what may be chosen and each preset's default. */
import type { TextKey } from "../i18n/translate";

export const PRESETS = ["quick", "standard", "thorough"] as const;
export type Preset = (typeof PRESETS)[number];

interface Common {
  key: string;
  /** Texts `advanced.<text>` and `advanced.<text>_help`. */
  text: string;
  defaults: Record<Preset, number | string>;
}

export type Choice = Common &
  (
    | { kind: "range"; min: number; max: number; step: number; scale?: "log" | "nines" }
    | { kind: "select"; options: string[] }
    // A switch sets `on` or `off`.
    | { kind: "switch"; on: number | string; off: number | string }
  );

export interface Group {
  title: TextKey;
  choices: Choice[];
}

const same = <T>(value: T): Record<Preset, T> => ({ quick: value, standard: value, thorough: value });
const by = (quick: number, standard: number, thorough: number): Record<Preset, number> => ({
  quick,
  standard,
  thorough,
});

export const GROUPS: Group[] = [
  {
    title: "advanced.samples",
    choices: [
      {
        kind: "range",
        key: "samples.positives",
        text: "positives",
        min: 100,
        max: 10_000,
        step: 10,
        scale: "log",
        defaults: by(240, 700, 4000),
      },
      {
        kind: "range",
        key: "samples.near_miss_clips",
        text: "near_misses",
        min: 50,
        max: 10_000,
        step: 10,
        scale: "log",
        defaults: by(150, 900, 5000),
      },
      {
        kind: "range",
        key: "samples.speech_minutes",
        text: "speech",
        min: 1,
        max: 300,
        step: 1,
        scale: "log",
        defaults: by(4, 12, 120),
      },
    ],
  },
  {
    title: "advanced.augmentation",
    choices: [
      {
        kind: "range",
        key: "augmentation.copies",
        text: "copies",
        min: 1,
        max: 40,
        step: 1,
        defaults: by(8, 10, 12),
      },
      { kind: "range", key: "augmentation.noise", text: "noise", min: 0, max: 1, step: 0.05, defaults: same(0.85) },
      { kind: "range", key: "augmentation.rooms", text: "rooms", min: 0, max: 1, step: 0.05, defaults: same(0.6) },
      { kind: "range", key: "augmentation.run_on", text: "run_on", min: 0, max: 1, step: 0.05, defaults: same(0.3) },
    ],
  },
  {
    title: "advanced.training",
    choices: [
      {
        kind: "select",
        key: "model.size",
        text: "size",
        options: ["small", "default", "large"],
        defaults: same("default"),
      },
      {
        kind: "range",
        key: "training.ema",
        text: "ema",
        min: 0.99,
        max: 0.9999,
        step: 0.0001,
        scale: "nines",
        defaults: same(0.998),
      },
      { kind: "switch", key: "training.time_masks", text: "masks", on: 2, off: 0, defaults: same(2) },
      { kind: "range", key: "training.mixup", text: "mixup", min: 0, max: 1, step: 0.05, defaults: same(0.3) },
      {
        kind: "range",
        key: "training.mine",
        text: "mine",
        min: 0,
        max: 10_000,
        step: 100,
        defaults: by(500, 2000, 10_000),
      },
      { kind: "select", key: "device", text: "device", options: ["auto", "cpu", "gpu"], defaults: same("auto") },
    ],
  },
];

/** Where a range's slider stands (0..1000) for a value, and back: `log` for counts, `nines` for 0.99 .. 0.9999. */
export function toSlider(choice: Extract<Choice, { kind: "range" }>, value: number): number {
  const bend = bends[choice.scale ?? "even"];
  const [low, high] = [bend.to(choice.min), bend.to(choice.max)];
  return Math.round((1000 * (bend.to(value) - low)) / (high - low));
}

export function fromSlider(choice: Extract<Choice, { kind: "range" }>, place: number): number {
  const bend = bends[choice.scale ?? "even"];
  const [low, high] = [bend.to(choice.min), bend.to(choice.max)];
  const value = bend.from(low + ((high - low) * place) / 1000);
  const digits = Math.max(0, -Math.floor(Math.log10(choice.step)));
  const kept = Math.min(choice.max, Math.max(choice.min, Math.round(value / choice.step) * choice.step));
  return Number(kept.toFixed(digits));
}

const bends = {
  even: { to: (x: number) => x, from: (x: number) => x },
  log: { to: Math.log, from: Math.exp },
  nines: { to: (x: number) => -Math.log10(1 - x), from: (x: number) => 1 - 10 ** -x },
};
