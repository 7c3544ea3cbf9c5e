import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Deployment } from "../api/fleet";
import { live } from "../api/live";
import { LiveController } from "../api/live-controller";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-target";

/** Where each satellite of a deployment stands. */
@customElement("ws-deployment")
export class WsDeployment extends LitElement {
  @property({ attribute: false }) deployment!: Deployment;
  readonly controller = new LiveController(this);
  static override styles = [
    ...shared,
    css`
      li:first-child ws-target {
        margin-top: -14px;
      }
      li:last-child ws-target {
        margin-bottom: -14px;
      }
    `,
  ];

  override render() {
    const { id, targets } = this.deployment;
    return html`<ol class="lines" aria-label=${translate("satellites.title")}>
      ${targets.map(
        (target) =>
          html`<li>
            <ws-target .target=${target} .lines=${live.fleet.linesOf(id, target.satellite)}></ws-target>
          </li>`,
      )}
    </ol>`;
  }
}
