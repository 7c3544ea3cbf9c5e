/** What the service holds, kept in step by its `events` WebSocket: first a snapshot, then what changes. */
import { foldEvent, type Run, type TrainerEvent } from "./events";
import { readRun } from "./client";
import { FleetStore, type FleetMessage, type FleetSnapshot } from "./fleet-store";
import { socketUrl } from "./http";
import type { DataSet, Job, Model, Sample } from "./types";

type Message =
  | ({ type: "snapshot"; jobs: Job[]; models: Model[] } & FleetSnapshot)
  | FleetMessage
  | { type: "job"; job: Job }
  | { type: "event"; job: string; event: TrainerEvent }
  | { type: "model"; model: Model }
  | { type: "sample"; sample: Sample }
  | { type: "data"; data: Partial<DataSet> }
  | { type: "missed"; count: number }
  | { type: "gone"; what: string; id: string };

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** Emits `change` (at most once a frame) `snapshot` when it is connected again, and `sample`, `data`, `gone` with
 * the message as detail. */
export class Live extends EventTarget {
  jobs = new Map<string, Job>();
  models = new Map<string, Model>();
  runs = new Map<string, Run>();
  readonly fleet = new FleetStore();
  /** Whether the first snapshot has come. */
  loaded = false;
  connected = false;
  /** Of runs that are being read: what was said of them since it was asked. */
  private readonly pending = new Map<string, TrainerEvent[]>();
  private wait = FIRST_WAIT_MS;
  private scheduled = false;

  connect(): void {
    const socket = new WebSocket(socketUrl("events"));
    socket.onmessage = (message: MessageEvent<string>) => this.take(JSON.parse(message.data) as Message);
    socket.onclose = () => {
      this.connected = false;
      this.changed();
      // Half of the wait is random, so that many panels do not come back at the same moment.
      setTimeout(() => this.connect(), this.wait * (0.5 + Math.random() / 2));
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    };
  }

  /** Read a job's run so far and follow it from then on: what is said meanwhile is folded in, which twice does no harm. */
  async follow(id: string): Promise<void> {
    const since: TrainerEvent[] = [];
    this.pending.set(id, since);
    try {
      const { job, run } = await readRun(id);
      if (this.pending.get(id) !== since) return; // asked again meanwhile, or not looked at any more
      this.jobs.set(id, job);
      this.runs.set(id, since.reduce(foldEvent, run));
      this.changed();
    } finally {
      if (this.pending.get(id) === since) this.pending.delete(id);
    }
  }

  /** Take over what an answer said, before the socket says it too. */
  put(what: { job?: Job; model?: Model; told?: FleetMessage }): void {
    if (what.job) this.jobs.set(what.job.id, what.job);
    if (what.model) this.models.set(what.model.id, what.model);
    if (what.told) this.fleet.learn(what.told);
    this.changed();
  }

  forget(what: "job" | "model" | "publication", id: string): void {
    (what === "job" ? this.jobs : what === "model" ? this.models : this.fleet.publications).delete(id);
    this.changed();
  }

  private take(message: Message): void {
    switch (message.type) {
      case "snapshot": {
        const again = this.loaded;
        const followed = [...this.runs.keys()];
        this.jobs = new Map(message.jobs.map((job) => [job.id, job]));
        this.models = new Map(message.models.map((model) => [model.id, model]));
        this.fleet.begin(message);
        this.loaded = this.connected = true;
        this.wait = FIRST_WAIT_MS;
        if (again) this.dispatchEvent(new Event("snapshot"));
        for (const id of followed) void this.follow(id).catch(() => this.runs.delete(id)); // what was missed
        break;
      }
      case "job":
        this.jobs.set(message.job.id, message.job);
        break;
      case "event":
        this.takeEvent(message.job, message.event);
        break;
      case "model":
        this.models.set(message.model.id, message.model);
        break;
      case "gone":
        if (message.what === "job") this.jobs.delete(message.id);
        if (message.what === "model") this.models.delete(message.id);
        if (message.what === "publication") this.fleet.publications.delete(message.id);
        this.dispatchEvent(new CustomEvent("gone", { detail: message }));
        break;
      case "satellites":
      case "publication":
      case "deployment":
      case "home":
        this.fleet.take(message);
        break;
      case "missed": // progress that we were too slow for: ask where the runs stand
        for (const id of this.runs.keys()) void this.follow(id).catch(() => this.runs.delete(id));
        break;
      default:
        this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
        return;
    }
    this.changed();
  }

  /** Which run is being looked at: those that are not cost nothing. */
  unfollow(id: string): void {
    this.pending.delete(id);
    this.runs.delete(id);
  }

  private takeEvent(id: string, event: TrainerEvent): void {
    this.pending.get(id)?.push(event);
    const run = this.runs.get(id);
    if (run) this.runs.set(id, foldEvent(run, event));
    const job = this.jobs.get(id);
    if (!job) return;
    if (event.kind === "stage" && event.state === "running") {
      this.jobs.set(id, { ...job, stage: event.name, done: 0, total: 0, eta_s: null });
    } else if (event.kind === "progress") {
      const { done, total, eta_s } = event;
      this.jobs.set(id, { ...job, done, total, eta_s });
    }
  }

  private changed(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const tell = (): void => {
      if (!this.scheduled) return;
      this.scheduled = false;
      this.dispatchEvent(new Event("change"));
    };
    requestAnimationFrame(tell);
    setTimeout(tell, 250); // a hidden page has no frames
  }
}

export const live = new Live();
