/** A line of what can be downloaded: how large, under which licence, how far; and the button for what can be done. */
import { mdiClose, mdiDelete, mdiDownload } from "@mdi/js";
import { css, html, nothing } from "lit";
import type { DataSet } from "../api/types";
import { formatBytes } from "../i18n/format";
import { tell } from "../i18n/told";
import { translate } from "../i18n/translate";
import "./ws-icon";
import "./ws-progress";

export interface Actions {
  download: (name: string) => unknown;
  cancel: (name: string) => unknown;
  delete: (name: string) => unknown;
}

export const downloadStyles = css`
  .line {
    min-height: 76px;
    flex-wrap: wrap;
  }
  .name {
    flex: 1 1 220px;
    overflow-wrap: anywhere;
  }
  ws-progress {
    margin-top: 8px;
  }
`;

export function renderDownload(set: DataSet, title: string, note: string, actions: Actions) {
  const about = [set.size_mb === null ? "" : formatBytes(set.size_mb * 1e6), set.licence].filter(Boolean);
  return html`<li class="line">
    <div class="grow name">
      ${title}<br /><span class="soft">${about.join(" · ")}${note ? html`<br />${note}` : nothing}</span>
      ${set.state === "failed" ? html`<br /><span class="bad soft">${sayFailure(set)}</span>` : nothing}
      ${
        set.state === "downloading"
          ? html`<ws-progress .done=${set.done} .total=${set.total} .label=${title}></ws-progress>`
          : nothing
      }
    </div>
    ${renderButton(set, { name: title }, actions)}
  </li>`;
}

function sayFailure(set: DataSet): string {
  const { message, hint } = tell(set, "error");
  return hint ? `${message.replace(/[.]?$/, ".")} ${hint}` : message;
}

function renderButton(set: DataSet, name: { name: string }, actions: Actions) {
  switch (set.state) {
    case "downloading":
      return html`<button
        class="icon"
        aria-label=${translate("data.cancel", name)}
        @click=${() => actions.cancel(set.name)}
      >
        <ws-icon .path=${mdiClose}></ws-icon>
      </button>`;
    case "here":
      return html`<span class="soft good">${translate("data.here")}</span
        ><button class="icon" aria-label=${translate("data.delete", name)} @click=${() => actions.delete(set.name)}>
          <ws-icon .path=${mdiDelete}></ws-icon>
        </button>`;
    default:
      return html`<button
        class="outlined"
        aria-label=${translate("data.download_name", name)}
        @click=${() => actions.download(set.name)}
      >
        <ws-icon .path=${mdiDownload}></ws-icon>${translate("data.download")}
      </button>`;
  }
}
