import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Report } from "../api/report";
import type { Model } from "../api/types";
import { formatNumber } from "../i18n/format";
import { translate } from "../i18n/translate";
import { describeAccepts, describeHours, describeRecall, inHundred } from "../i18n/words";
import { shared } from "../styles/shared";

/** The report in plain words: one sentence, then three figures with what they rest on. */
@customElement("ws-facts")
export class WsFacts extends LitElement {
  @property({ attribute: false }) model!: Model;
  /** Null while it loads. */
  @property({ attribute: false }) report: Report | null = null;
  static override styles = [
    ...shared,
    css`
      .lead {
        font-size: 20px;
        line-height: 1.4;
        min-height: 56px;
        text-wrap: pretty;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr));
        gap: 20px 32px;
        min-height: 104px;
      }
      dt {
        font-size: 14px;
        color: var(--ws-soft);
      }
      dd {
        margin: 0;
      }
      .big {
        font-size: 28px;
        line-height: 1.3;
      }
    `,
  ];

  override render() {
    const { model, report } = this;
    const clean = report?.conditions.find((condition) => condition.name === "clean")?.recall ?? null;
    const bound = report ? report.false_accepts.bound : model.false_accepts_high;
    const words = [describeRecall(model.recall, model.recall_low), describeAccepts(bound)];
    return html`<section class="card stack">
      <p class="lead">${words.join(" ")}</p>
      <dl>
        <div>
          <dt>${translate("facts.heard")}</dt>
          <dd class="big number">
            ${model.recall === null ? translate("unknown") : translate("facts.of_hundred", { n: inHundred(model.recall) })}
          </dd>
          <dd class="soft">${clean ? translate("facts.clips", { n: clean.total }) : ""}</dd>
        </div>
        <div>
          <dt>${translate("facts.mistakes")}</dt>
          <dd class="big number">${this.often(bound)}</dd>
          <dd class="soft">${report ? this.rests(report) : ""}</dd>
        </div>
        <div>
          <dt>${translate("facts.soon")}</dt>
          <dd class="big number">
            ${
              report?.latency
                ? translate("facts.seconds", { time: formatNumber(report.latency.median_ms / 1000, 2) })
                : translate("unknown")
            }
          </dd>
          <dd class="soft">${report?.latency ? translate("facts.after") : ""}</dd>
        </div>
      </dl>
    </section>`;
  }

  private often(bound: number | null): string {
    if (bound === null || bound > 100) return translate("unknown");
    if (bound <= 1) return translate("facts.rare", { time: describeHours(1 / bound) });
    return translate("facts.an_hour", { count: formatNumber(Math.ceil(bound * 10) / 10, 1) });
  }

  private rests(report: Report): string {
    const { count, hours } = report.false_accepts;
    return translate("facts.rests", { n: count, time: describeHours(hours) });
  }
}
