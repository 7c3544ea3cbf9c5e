/** Satellites, what is published and what is sent: the same names as addon/fleet.py and docs/satellites.md. */
import type { Message } from "../i18n/told";

export type Delivery = "external" | "flash" | "none";

/** A word's run-time sensitivity on a satellite: one of some options, or a number from `low` to `high`. */
export interface Tuning {
  entity: string;
  word: string;
  options: string[];
  option: string;
  low?: number | null;
  high?: number | null;
  step?: number | null;
}

export interface Satellite extends Message {
  id: string;
  name: string;
  delivery: Delivery;
  room: string;
  board: string;
  version: string;
  project: string;
  address: string;
  online: boolean | null;
  configuration: string | null;
  entity: string | null;
  active: string[];
  available: string[];
  most_active: number;
  sensitivities: Tuning[];
  sources: string[];
  /** When Home Assistant last told of it, where it cannot be asked now. */
  as_of?: string | null;
}

export interface Publication {
  word: string;
  model: string;
  phrase: string;
  published: string;
  previous: string[];
  overridden: string[];
}

export type TargetState =
  | "waiting"
  | "placing"
  | "editing"
  | "checking"
  | "compiling"
  | "uploading"
  | "activating"
  | "done"
  | "failed"
  | "skipped"
  | "cancelled";

export interface Target extends Message {
  satellite: string;
  name: string;
  delivery: Delivery;
  state: TargetState;
  percent: number | null;
  line: string;
  edit: string;
  flashed: boolean;
}

export interface Deployment {
  id: string;
  model: string;
  kind: "send" | "rollback" | "undo";
  state: "queued" | "running" | "cancelling" | "done" | "failed" | "cancelled" | "interrupted";
  created: string;
  targets: Target[];
  started: string | null;
  ended: string | null;
  of: string | null;
  undone: boolean;
}

export function isUnderWay(deployment: Deployment): boolean {
  return ["queued", "running", "cancelling"].includes(deployment.state);
}

export interface Comparison {
  verdict: "wins" | "loses" | "mixed" | "equal" | "undecided";
  /** Whether it may replace the published one without being asked. */
  wins: boolean;
  found: number;
  rival_found: number;
  clips: number;
  p: number;
  accepts: number;
  rival_accepts: number;
  hours: number;
}

export interface Gate {
  passes: boolean;
  compatible: boolean;
  checks: { name: string; ok: boolean; message: string }[];
  /** `ok` is null for what was not measured, or on too little: no obstacle. */
  quality: ({ code: string; ok: boolean | null } & Message)[];
  rival: string | null;
  comparison: Comparison | null;
}

/** What sending would change on a satellite. */
export interface Change {
  satellite: string;
  delivery: Delivery;
  /** Of its YAML, unified; "" where no file is changed. */
  diff: string;
  notes: Message[];
  error: Message | null;
}

export interface SendRequest {
  model: string;
  satellites: string[];
  override?: boolean;
  replace?: boolean;
}

/** How this app and Home Assistant stand to each other. */
export interface Home {
  supervised: boolean;
  /** Whether Home Assistant's configuration folder can be written. */
  folder: boolean;
  integration: {
    installed: boolean;
    version: string | null;
    offered: string | null;
    /** Whether it was connected once, and its entry was not removed since. */
    set_up: boolean;
    linked: boolean;
    linked_version: string | null;
    home_assistant: string | null;
    needs_restart: boolean;
    /** Whether another's folder is in the way. */
    foreign: boolean;
  };
  mqtt: { state: "off" | "connecting" | "connected" | "refused"; message: string; address: string };
  dashboard: boolean;
  /** Our own; `message`: why the last installation failed. */
  esphome: {
    state: "absent" | "installing" | "here";
    version: string;
    allowed: boolean;
    percent?: number | null;
    message?: string;
  };
  link: { port: number; token: string };
}

export type LinkState = "linked" | "restart" | "foreign" | "unlinked" | "lost" | "absent";

/** How far the integration is. */
export function linkState({ integration }: Home): LinkState {
  const { linked, needs_restart, foreign, installed, set_up } = integration;
  if (linked) return "linked";
  if (needs_restart) return "restart";
  if (set_up) return "lost";
  return foreign ? "foreign" : installed ? "unlinked" : "absent";
}

const VERSIONED = /^(.+)_v(\d+)$/;

/** The id of a wake word without its version, or what YAML calls it. */
export function wordOf(id: string): string {
  return VERSIONED.exec(id)?.[1] ?? id.replace(/^wakesmith_/, "");
}

/** The version in the id of a wake word, 0 where there is none. */
export function versionOf(id: string): number {
  return Number(VERSIONED.exec(id)?.[2] ?? 0);
}

/** Whether the satellite listens for any version of the word, or keeps one. */
export function hasWord(satellite: Satellite, word: string): boolean {
  return [...satellite.active, ...satellite.available].some((id) => wordOf(id) === word);
}
