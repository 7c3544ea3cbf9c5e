/** What the service keeps and says: the same names as addon/records.py and docs/app.md. Times are ISO 8601 in UTC. */
import type { Message } from "../i18n/told";

export type JobState = "queued" | "running" | "cancelling" | "done" | "failed" | "cancelled" | "interrupted";

export interface JobRequest {
  phrase: string;
  language?: string;
  say?: string[];
  veto?: string[];
  preset?: string;
  settings?: Record<string, unknown>;
  recordings?: boolean;
  /** Ids of those that it is sent to when it is done. */
  satellites?: string[];
  false_accepts_per_hour?: number | null;
}

export interface Job extends Message {
  id: string;
  request: JobRequest;
  state: JobState;
  created: string;
  position: number;
  attempt: number;
  started: string | null;
  ended: string | null;
  stage: string;
  done: number;
  total: number;
  eta_s: number | null;
  model: string | null;
}

/** Whether something other than the app's own end or the user interrupted it: the message says what. */
export function wasEnded(job: Job): boolean {
  return job.state === "interrupted" && !["", "app_stopped", "cancelled"].includes(job.code ?? "");
}

export interface Model {
  id: string;
  word: string;
  version: number;
  phrase: string;
  language: string;
  created: string;
  size: number;
  cutoff: number;
  window: number;
  recall: number | null;
  recall_low: number | null;
  false_accepts_high: number | null;
  summary: string;
  notes: string;
  job: string | null;
  deleted?: string | null;
}

/** What the panel shows of it. */
export interface Manifest {
  micro: { minimum_esphome_version?: string };
}

export type SampleLabel = "phrase" | "near_miss" | "other";
export type SampleState = "inbox" | "good" | "false_wake" | "discarded";

export interface Sample {
  id: string;
  phrase: string;
  speaker: string;
  label: SampleLabel;
  state: SampleState;
  source: string;
  name: string;
  created: string;
  seconds: number;
  peak_dbfs: number;
  snr_db: number | null;
  problems: string[];
  deleted?: string | null;
}

export interface Profile {
  name: string;
  request: JobRequest;
}

export type Level = "good" | "fair" | "poor" | "impossible";

export interface Pronunciation {
  ipa: string;
  respelling: string;
  voice: string;
}

export interface Advice {
  text: string;
  language: string;
  id: string;
  syllables: number;
  verdict: Level;
  advice: ({ level: Level } & Message)[];
  suggestions: string[];
  pronunciations: Pronunciation[];
  collisions: ({ id: string; phrase: string; distance: number } & Message)[];
}

export interface Voice {
  id: string;
  engine: string;
  name: string;
  language: string;
  installed: boolean;
  licence: string;
  size_mb: number | null;
}

export interface Preflight {
  /** `ok` is null for what is only worth knowing. */
  checks: ({ name: string; ok: boolean | null } & Message)[];
  minutes: number | null;
  download_mb: number | null;
  disk_mb: number | null;
}

export interface Ready {
  type: "ready";
  cutoff: number;
  window: number;
  step_s: number;
}

export interface Heard {
  type: "heard";
  at_s: number;
  probabilities: number[];
  means: number[];
  detections: number[];
}

/** A whole file, as the device hears it. */
export interface Hearing {
  step_s: number;
  probabilities: number[];
  means: number[];
  cutoff: number;
  window: number;
  detections: number[];
  peak: number;
}

export interface DataSet {
  name: string;
  title: string;
  kind: string;
  licence: string;
  note: string;
  size_mb: number | null;
  state: "absent" | "downloading" | "here" | "failed";
  /** Bytes, while it is being fetched. */
  done: number;
  total: number;
  /** Why the last download failed: as a `Message`. */
  code: string;
  message: string;
  hint: string;
  values?: NonNullable<Message["values"]>;
  /** Of a voice: "de_DE". */
  language?: string;
  /** Of a voice: how many speak in it. */
  speakers?: number;
}

export interface Hardware {
  cores: number;
  memory_mb: number;
  gpu: { name: string; memory_mb?: number | null } | null;
  why?: string;
  versions?: Record<string, string> | string[];
}

export interface System {
  hardware: Hardware | null;
  /** MB by kind. */
  storage: Record<string, number>;
  free_mb: number;
  versions: Record<string, string>;
  lan_port: number;
  takes_recordings: boolean;
}

export interface Settings {
  concurrent: number;
  lan: boolean;
  /** Of new phrases; "auto" finds it out. */
  language: string;
}
