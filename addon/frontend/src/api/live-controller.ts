import type { ReactiveController, ReactiveControllerHost } from "lit";
import { live } from "./live";

/** Draws its host again when jobs, models or runs change. */
export class LiveController implements ReactiveController {
  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    live.addEventListener("change", this.update);
  }

  hostDisconnected(): void {
    live.removeEventListener("change", this.update);
  }

  private readonly update = (): void => this.host.requestUpdate();
}
