import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Model } from "../api/types";
import { formatWhen } from "../i18n/format";
import { translate } from "../i18n/translate";
import { inHundred } from "../i18n/words";
import { linkTo } from "../router";
import { badge } from "../styles/badge";
import { shared } from "../styles/shared";

/** All versions of a word, the newest first, with their notes. */
@customElement("ws-versions")
export class WsVersions extends LitElement {
  @property({ attribute: false }) model!: Model;
  @property({ attribute: false }) versions: Model[] = [];
  /** Id of the one that is published, "" where none is. */
  @property() published = "";
  static override styles = [
    ...shared,
    badge,
    css`
      a {
        color: inherit;
        text-decoration: none;
      }
      a:hover {
        background: color-mix(in srgb, var(--ws-text) 3%, var(--ws-card));
      }
      [aria-current] strong {
        color: var(--ws-link);
      }
      strong {
        font-weight: 500;
      }
      .grow {
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    const sorted = [...this.versions].sort((a, b) => b.version - a.version);
    return html`<ul class="lines">
      ${sorted.map(
        (one) =>
          html`<li>
            <a
              class="line"
              href=${linkTo("model", one.id)}
              aria-current=${one.id === this.model.id ? "page" : nothing}
            >
              <strong>${translate("model.version", { n: one.version })}</strong>
              <span class="grow soft"
                >${one.id === this.published ? html`<span class="badge">${translate("publication.badge")}</span> ` : nothing}${[formatWhen(one.created), one.notes].filter(Boolean).join(" · ")}</span
              >
              <span class="number"
                >${one.recall === null ? translate("unknown") : translate("facts.of_hundred", { n: inHundred(one.recall) })}</span
              >
            </a>
          </li>`,
      )}
    </ul>`;
  }
}
