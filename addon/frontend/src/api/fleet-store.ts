/** What is known of the house, kept in step by the same WebSocket as all else (see live.ts). */
import type { Deployment, Home, Publication, Satellite } from "./fleet";

export type FleetMessage =
  | { type: "satellites"; satellites: Satellite[] }
  | { type: "publication"; publication: Publication }
  | { type: "deployment"; deployment: Deployment }
  | { type: "home"; home: Home };

export interface FleetSnapshot {
  satellites?: Satellite[];
  publications?: Publication[];
  deployments?: Deployment[];
  home?: Home | null;
}

const MOST_LINES = 400; // that are kept of one satellite

export class FleetStore {
  satellites = new Map<string, Satellite>();
  /** By word. */
  publications = new Map<string, Publication>();
  deployments = new Map<string, Deployment>();
  home: Home | null = null;
  /** What the tools said since this page was opened, by deployment and satellite. */
  private readonly said = new Map<string, string[]>();

  begin(snapshot: FleetSnapshot): void {
    const { satellites = [], publications = [], deployments = [], home = null } = snapshot;
    this.satellites = new Map(satellites.map((one) => [one.id, one]));
    this.publications = new Map(publications.map((one) => [one.word, one]));
    this.deployments = new Map();
    for (const one of deployments) this.putDeployment(one);
    this.home = home;
  }

  take(message: FleetMessage): void {
    switch (message.type) {
      case "satellites":
        this.satellites = new Map(message.satellites.map((one) => [one.id, one]));
        break;
      case "publication":
        this.publications.set(message.publication.word, message.publication);
        break;
      case "deployment":
        this.putDeployment(message.deployment);
        break;
      case "home":
        this.home = message.home;
    }
  }

  /** Take over an answer: of a deployment the socket may have said more by now. */
  learn(message: FleetMessage): void {
    if (message.type !== "deployment" || !this.deployments.has(message.deployment.id)) this.take(message);
  }

  private putDeployment(deployment: Deployment): void {
    this.deployments.set(deployment.id, deployment);
    for (const { satellite, line } of deployment.targets) {
      const lines = this.linesOf(deployment.id, satellite);
      if (!line || lines.at(-1) === line) continue;
      this.said.set(`${deployment.id}/${satellite}`, [...lines, line].slice(-MOST_LINES));
    }
  }

  linesOf(deployment: string, satellite: string): readonly string[] {
    return this.said.get(`${deployment}/${satellite}`) ?? [];
  }

  /** Deployments, the newest first. */
  get latest(): Deployment[] {
    return [...this.deployments.values()].sort((a, b) => b.created.localeCompare(a.created));
  }
}
