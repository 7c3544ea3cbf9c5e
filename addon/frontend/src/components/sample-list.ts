import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Sample } from "../api/types";
import { translate } from "../i18n/translate";
import "./ws-empty";
import "./ws-sample";

/** Draw recordings, a skeleton while they are null, or what `none` says where there are none. */
export function drawSamples(samples: Sample[] | null, icon: string, none: "inbox.none" | "samples.none") {
  if (!samples) return html`<div class="skeleton" style="height: 160px" aria-busy="true"></div>`;
  if (!samples.length) {
    const text = translate(`${none}_help`);
    return html`<ws-empty .icon=${icon} .heading=${translate(none)} .text=${text}></ws-empty>`;
  }
  return html`<ul class="lines">
    ${repeat(
      samples,
      (sample) => sample.id,
      (sample) => html`<li><ws-sample .sample=${sample}></ws-sample></li>`,
    )}
  </ul>`;
}
