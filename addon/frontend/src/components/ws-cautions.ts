import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { tell, type Message } from "../i18n/told";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";

/** What to know before relying on a wake word. */
@customElement("ws-cautions")
export class WsCautions extends LitElement {
  @property({ attribute: false }) cautions: Message[] = [];
  static override styles = [
    ...shared,
    css`
      ul {
        list-style: disc;
        padding-inline-start: 20px;
      }
    `,
  ];

  override render() {
    return html`<section class="card stack tight">
      <h2>${translate("model.warnings")}</h2>
      <ul class="soft">
        ${this.cautions.map((caution) => html`<li>${tell(caution, "caution").message}</li>`)}
      </ul>
    </section>`;
  }
}
