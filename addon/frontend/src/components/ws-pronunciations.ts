import { mdiClose, mdiPlus, mdiRestore } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { preview, pronounce } from "../api/client";
import type { Pronunciation } from "../api/types";
import { attempt } from "../errors";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-icon";
import "./ws-play";

const FIRST = 2;

/** How the phrase is said: by ear (plain letters) and in IPA, both can be changed. Emits `change` with `say`. */
@customElement("ws-pronunciations")
export class WsPronunciations extends LitElement {
  @property() phrase = "";
  @property() language = "auto";
  /** What the voices say by themselves. */
  @property({ attribute: false }) found: Pronunciation[] = [];
  /** IPA that the user chose in their place; empty for none. */
  @property({ attribute: false }) say: string[] = [];
  @property() voice = "";
  @state() private all = false;
  @state() private spelled: Record<number, string> = {};
  static override styles = [
    ...shared,
    css`
      .entry {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) auto;
        gap: 8px 12px;
        align-items: end;
      }
      .ipa {
        font-family: "Noto Sans", "Doulos SIL", system-ui, sans-serif;
      }
      .more {
        justify-self: start;
      }
      .tools {
        display: flex;
        min-height: 44px;
        align-items: center;
      }
      @media (max-width: 600px) {
        .entry {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .entry .field:first-child {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  private get entries(): Pronunciation[] {
    if (!this.say.length) return this.found;
    return this.say.map((ipa) => this.found.find((p) => p.ipa === ipa) ?? { ipa, respelling: "", voice: "" });
  }

  private tell(say: string[]): void {
    this.dispatchEvent(new CustomEvent("change", { detail: say }));
  }

  private setIpa(index: number, ipa: string): void {
    const say = this.entries.map((p) => p.ipa);
    say[index] = ipa.trim();
    this.tell(say.filter(Boolean));
  }

  /** Take over how the letters sound: a respelling such as "hay JAR-vis" is read as English. */
  private async respell(index: number, letters: string): Promise<void> {
    if (!letters.trim()) return;
    const read = await attempt(() => pronounce(letters.trim(), "en"));
    const ipa = read?.pronunciations[0]?.ipa;
    if (!ipa) return;
    this.spelled = { ...this.spelled, [index]: letters };
    this.setIpa(index, ipa);
  }

  private reset(): void {
    this.spelled = {};
    this.tell([]);
  }

  override render() {
    const shown = this.all || this.say.length ? this.entries : this.entries.slice(0, FIRST);
    const rest = this.entries.length - shown.length;
    return html`<div class="stack">
      ${shown.map((entry, index) => this.renderEntry(entry, index))}
      ${
        rest > 0
          ? html`<button class="more" @click=${() => (this.all = true)}>
              ${translate("say.more", { n: rest })}
            </button>`
          : nothing
      }
      <div class="row">
        <button
          class="outlined"
          @click=${() => this.tell([...this.entries.map((p) => p.ipa), this.found[0]?.ipa ?? ""])}
        >
          <ws-icon .path=${mdiPlus}></ws-icon>${translate("say.add")}
        </button>
        ${
          this.say.length
            ? html`<button @click=${() => this.reset()}>
                <ws-icon .path=${mdiRestore}></ws-icon>${translate("say.reset")}
              </button>`
            : nothing
        }
      </div>
    </div>`;
  }

  private renderEntry(entry: Pronunciation, index: number) {
    const n = { n: index + 1 };
    return html`<div class="entry" role="group" aria-label=${translate("say.entry", n)}>
      <div class="field">
        <label for="letters${index}">${translate("say.letters")}</label>
        <input
          id="letters${index}"
          .value=${this.spelled[index] ?? entry.respelling}
          autocomplete="off"
          spellcheck="false"
          @change=${(event: Event) => this.respell(index, (event.target as HTMLInputElement).value)}
        />
      </div>
      <div class="field">
        <label for="ipa${index}">${translate("say.ipa")}</label>
        <input
          class="ipa"
          id="ipa${index}"
          .value=${entry.ipa}
          autocomplete="off"
          spellcheck="false"
          @change=${(event: Event) => this.setIpa(index, (event.target as HTMLInputElement).value)}
        />
      </div>
      <div class="tools">
        <ws-play
          .name=${entry.respelling || entry.ipa}
          .source=${() => preview(this.phrase, this.language, entry.ipa, this.voice)}
        ></ws-play>
        ${
          this.entries.length > 1
            ? html`<button
                class="icon"
                aria-label=${translate("say.remove", n)}
                @click=${() => this.tell(this.entries.filter((_, i) => i !== index).map((p) => p.ipa))}
              >
                <ws-icon .path=${mdiClose}></ws-icon>
              </button>`
            : nothing
        }
      </div>
    </div>`;
  }
}
