import { css, html, LitElement } from "lit";
import { customElement } from "lit/decorators.js";
import { listIds, translate, type TextKey } from "../i18n/translate";
import { shared } from "../styles/shared";

/** What every figure means, what is good, and what to do where it is bad; then ways to fail. */
@customElement("ws-guide")
export class WsGuide extends LitElement {
  static override styles = [
    ...shared,
    css`
      summary {
        cursor: pointer;
        font-weight: 500;
        padding: 4px 0;
      }
      dl {
        margin: 12px 0 0;
        display: grid;
        gap: 16px;
      }
      dt {
        font-weight: 500;
      }
      dd {
        margin: 4px 0 0;
        max-width: 72ch;
      }
    `,
  ];

  override render() {
    return html`<section class="card stack">
      <details>
        <summary>${translate("report.guide")}</summary>
        <p class="soft">${translate("report.guide_help")}</p>
        <dl>
          ${listIds("guide").map(
            (id) =>
              html`<div>
                <dt>${translate(`guide.${id}.name` as TextKey)}</dt>
                <dd>${translate(`guide.${id}.meaning` as TextKey)}</dd>
                ${this.renderLine("report.good", `guide.${id}.good` as TextKey)}
                ${this.renderLine("report.remedy", `guide.${id}.remedy` as TextKey)}
              </div>`,
          )}
        </dl>
      </details>
      <details>
        <summary>${translate("report.patterns")}</summary>
        <dl>
          ${listIds("pattern").map(
            (id) =>
              html`<div>
                <dt>${translate(`pattern.${id}.name` as TextKey)}</dt>
                ${this.renderLine("report.cause", `pattern.${id}.cause` as TextKey)}
                ${this.renderLine("report.helps", `pattern.${id}.remedy` as TextKey)}
              </div>`,
          )}
        </dl>
      </details>
    </section>`;
  }

  private renderLine(name: TextKey, text: TextKey) {
    return html`<dd><span class="soft">${translate(name)}:</span> ${translate(text)}</dd>`;
  }
}
