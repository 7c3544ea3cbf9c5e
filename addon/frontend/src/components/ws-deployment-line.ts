import { mdiChevronRight } from "@mdi/js";
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Deployment } from "../api/fleet";
import { formatWhen } from "../i18n/format";
import { translate } from "../i18n/translate";
import { linkTo } from "../router";
import { shared } from "../styles/shared";
import { nameWord } from "./word-name";
import "./ws-icon";

/** A deployment in a list: what went where, and how that ended. */
@customElement("ws-deployment-line")
export class WsDeploymentLine extends LitElement {
  @property({ attribute: false }) deployment!: Deployment;
  static override styles = [
    ...shared,
    css`
      a {
        color: inherit;
        text-decoration: none;
      }
      a:hover {
        background: color-mix(in srgb, var(--ws-text) 3%, var(--ws-card));
      }
      .grow {
        overflow-wrap: anywhere;
      }
      ws-icon {
        color: var(--ws-soft);
      }
    `,
  ];

  override render() {
    const { id, model, kind, state, targets, created } = this.deployment;
    const tone = state === "failed" ? "bad" : state === "done" ? "good" : state === "interrupted" ? "warn" : "soft";
    const names = targets.map((target) => target.name).join(", ");
    return html`<a class="line" href=${linkTo("deployment", id)}>
      <span class="grow"
        >${translate(`deployment.${kind}`, { word: nameWord(model) })}<br /><span class="soft"
          ><span class=${tone}>${translate(`sending.${state}`)}</span>${["", names, formatWhen(created)].join(
            " · ",
          )}</span
        ></span
      >
      <ws-icon .path=${mdiChevronRight}></ws-icon>
    </a>`;
  }
}
