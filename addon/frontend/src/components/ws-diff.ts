import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { translate } from "../i18n/translate";
import { base } from "../styles/shared";

/** A file's change, line by line: coloured for eyes, in words for screen readers. Scrolls inside itself. */
@customElement("ws-diff")
export class WsDiff extends LitElement {
  /** Unified. */
  @property() diff = "";
  @property() name = "";
  static override styles = [
    base,
    css`
      pre {
        margin: 0;
        padding: 8px 0;
        max-height: 320px;
        overflow: auto;
        border: 1px solid var(--ws-line);
        border-radius: 8px;
        font:
          12px/1.6 "Roboto Mono",
          ui-monospace,
          monospace;
      }
      .lines {
        display: grid;
        width: max-content;
        min-width: 100%;
      }
      .lines > * {
        display: block;
        padding: 0 12px;
        min-height: 1.6em;
        text-decoration: none;
      }
      ins {
        background: color-mix(in srgb, var(--ws-good) 16%, transparent);
      }
      del {
        background: color-mix(in srgb, var(--ws-bad) 14%, transparent);
      }
      .place {
        color: var(--ws-soft);
        background: var(--ws-raised);
      }
    `,
  ];

  override render() {
    const lines = this.diff
      .split("\n")
      .filter((line, n, all) => !/^(---|\+\+\+) /.test(line) && (line || n < all.length - 1));
    // prettier-ignore
    return html`<pre tabindex="0" role="region" aria-label=${translate("diff.label", { name: this.name })}><span class="lines">${lines.map(renderLine)}</span></pre>`;
  }
}

function renderLine(line: string) {
  if (line.startsWith("+")) return html`<ins><span class="hidden">${translate("diff.added")} </span>${line}</ins>`;
  if (line.startsWith("-")) return html`<del><span class="hidden">${translate("diff.removed")} </span>${line}</del>`;
  return html`<span class=${line.startsWith("@@") ? "place" : ""}>${line}</span>`;
}
