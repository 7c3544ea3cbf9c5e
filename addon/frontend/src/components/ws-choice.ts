import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatNumber } from "../i18n/format";
import { hasText, translate, type TextKey } from "../i18n/translate";
import { shared } from "../styles/shared";
import { fromSlider, toSlider, type Choice } from "./choices";

/** One choice of *Advanced* with its line of explanation. Emits `change` with the value. */
@customElement("ws-choice")
export class WsChoice extends LitElement {
  @property({ attribute: false }) choice!: Choice;
  @property({ attribute: false }) value: number | string = 0;
  static override styles = [
    ...shared,
    css`
      .head {
        display: flex;
        justify-content: space-between;
        gap: 12px;
      }
      output {
        font-size: 14px;
        color: var(--ws-soft);
      }
    `,
  ];

  override render() {
    const { choice } = this;
    const name = translate(`advanced.${choice.text}` as TextKey);
    return html`<div class="field">
      <div class="head">
        <label for="input">${name}</label>
        ${choice.kind === "range" ? html`<output for="input" class="number">${this.shown}</output>` : this.renderSwitch()}
      </div>
      ${this.renderInput()}
      <p class="soft" id="help">${translate(`advanced.${choice.text}_help` as TextKey)}</p>
    </div>`;
  }

  private get shown(): string {
    const { choice } = this;
    if (choice.kind === "range" && choice.max === 1) return `${formatNumber(100 * Number(this.value))} %`;
    return formatNumber(Number(this.value), 4);
  }

  private renderSwitch() {
    if (this.choice.kind !== "switch") return "";
    const { on, off } = this.choice;
    return html`<input
      id="input"
      type="checkbox"
      role="switch"
      aria-describedby="help"
      .checked=${this.value === on}
      @change=${(event: Event) => this.tell((event.target as HTMLInputElement).checked ? on : off)}
    />`;
  }

  private renderInput() {
    const { choice } = this;
    if (choice.kind === "select") {
      return html`<select
        id="input"
        aria-describedby="help"
        @change=${(event: Event) => this.tell((event.target as HTMLSelectElement).value)}
      >
        ${choice.options.map(
          (option) => html`<option value=${option} ?selected=${option === this.value}>${this.name(option)}</option>`,
        )}
      </select>`;
    }
    if (choice.kind === "switch") return "";
    return html`<input
      id="input"
      type="range"
      min="0"
      max="1000"
      aria-describedby="help"
      aria-valuetext=${this.shown}
      .value=${String(toSlider(choice, Number(this.value)))}
      @input=${(event: Event) => this.tell(fromSlider(choice, (event.target as HTMLInputElement).valueAsNumber))}
    />`;
  }

  private name(option: string): string {
    const key = `advanced.${this.choice.text}.${option}`;
    return hasText(key) ? translate(key) : option;
  }

  private tell(value: number | string): void {
    this.dispatchEvent(new CustomEvent("change", { detail: value }));
  }
}
