import { mdiChevronDown } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { DataSet, JobRequest, Profile } from "../api/types";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { GROUPS, PRESETS, type Choice, type Preset } from "./choices";
import "./ws-basics";
import "./ws-choice";
import "./ws-icon";
import "./ws-profiles";

/** Everything that has a default. Emits `change` with the request's changed parts. */
@customElement("ws-advanced")
export class WsAdvanced extends LitElement {
  @property({ attribute: false }) request!: JobRequest;
  @property({ attribute: false }) dataSets: DataSet[] = [];
  @property({ attribute: false }) profiles: Profile[] = [];
  static override styles = [
    ...shared,
    css`
      summary {
        display: flex;
        align-items: center;
        gap: 12px;
        cursor: pointer;
        list-style: none;
        margin: -20px;
        padding: 20px;
        border-radius: var(--ws-radius);
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary ws-icon {
        transition: rotate 0.2s;
      }
      details[open] > summary ws-icon {
        rotate: 180deg;
      }
      details[open] > summary {
        margin-bottom: 8px;
      }
      .groups {
        display: grid;
        gap: 28px;
      }
      .choices {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr));
        gap: 20px 32px;
      }
      .check {
        display: flex;
        gap: 12px;
        align-items: center;
        min-height: 40px;
      }
    `,
  ];

  private get preset(): Preset {
    return PRESETS.find((name) => name === this.request.preset) ?? "standard";
  }

  private tell(change: Partial<JobRequest>): void {
    this.dispatchEvent(new CustomEvent<Partial<JobRequest>>("change", { detail: change }));
  }

  /** Keep only what differs from the preset, so that a preset's later betterment is not held back. */
  private set(choice: Choice, value: number | string): void {
    const { [choice.key]: _, ...rest } = this.request.settings ?? {};
    this.tell({ settings: value === choice.defaults[this.preset] ? rest : { ...rest, [choice.key]: value } });
  }

  private current(choice: Choice): number | string {
    return (this.request.settings?.[choice.key] as number | string | undefined) ?? choice.defaults[this.preset];
  }

  override render() {
    return html`<details class="card">
      <summary>
        <h2 class="grow">${translate("advanced.title")}</h2>
        <ws-icon .path=${mdiChevronDown}></ws-icon>
      </summary>
      <div class="groups">
        <ws-basics
          .request=${this.request}
          @change=${(event: CustomEvent<Partial<JobRequest>>) => this.tell(event.detail)}
        ></ws-basics>
        ${GROUPS.map(
          (group) =>
            html`<section class="stack">
              <h3>${translate(group.title)}</h3>
              <div class="choices">
                ${group.choices.map(
                  (choice) =>
                    html`<ws-choice
                      .choice=${choice}
                      .value=${this.current(choice)}
                      @change=${(event: CustomEvent<number | string>) => this.set(choice, event.detail)}
                    ></ws-choice>`,
                )}
              </div>
            </section>`,
        )}
        <p class="soft">${translate("advanced.fixed")}</p>
        ${this.renderData()}
        <ws-profiles
          .profiles=${this.profiles}
          .request=${this.request}
          @choose=${(event: CustomEvent<JobRequest>) => this.tell(event.detail)}
        ></ws-profiles>
      </div>
    </details>`;
  }

  private renderData() {
    const present = this.dataSets.filter((set) => set.state === "here");
    const chosen = (this.request.settings?.["data.packs"] as string[] | undefined) ?? [];
    return html`<section class="stack tight">
      <h3>${translate("advanced.data")}</h3>
      <label class="check">
        <input
          type="checkbox"
          .checked=${this.request.recordings ?? true}
          @change=${(event: Event) => this.tell({ recordings: (event.target as HTMLInputElement).checked })}
        />
        ${translate("advanced.recordings")}
      </label>
      ${present.map(
        (set) =>
          html`<label class="check">
            <input
              type="checkbox"
              .checked=${chosen.includes(set.name)}
              @change=${() => this.flipPack(set.name, chosen)}
            />
            ${set.title}
          </label>`,
      )}
      <p class="soft">
        ${translate("advanced.data_help")}
        ${present.length ? nothing : html`<a href="#/settings">${translate("advanced.data_none")}</a>`}
      </p>
    </section>`;
  }

  private flipPack(name: string, chosen: string[]): void {
    const { "data.packs": _, ...rest } = this.request.settings ?? {};
    const packs = chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name];
    this.tell({ settings: packs.length ? { ...rest, "data.packs": packs } : rest });
  }
}
