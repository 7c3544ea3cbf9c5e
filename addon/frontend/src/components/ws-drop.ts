import { mdiFileMusicOutline } from "@mdi/js";
import { css, html, LitElement } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-icon";

/** A place for audio files: dropped, or chosen by the button. Emits `files` with a list. */
@customElement("ws-drop")
export class WsDrop extends LitElement {
  @property({ type: Boolean }) multiple = false;
  @property() text = "";
  @state() private over = false;
  @query("input") private input!: HTMLInputElement;
  static override styles = [
    ...shared,
    css`
      .zone {
        display: flex;
        align-items: center;
        gap: 16px;
        flex-wrap: wrap;
        min-height: 80px;
        padding: 16px;
        border: 2px dashed var(--ws-line);
        border-radius: var(--ws-radius);
      }
      .over {
        border-color: var(--ws-primary);
        background: color-mix(in srgb, var(--ws-primary) 8%, transparent);
      }
      ws-icon {
        color: var(--ws-soft);
      }
      p {
        flex: 1 1 160px;
      }
    `,
  ];

  private tell(files: FileList | null | undefined): void {
    const list = [...(files ?? [])];
    if (list.length)
      this.dispatchEvent(new CustomEvent("files", { detail: this.multiple ? list : list.slice(0, 1) }));
    this.input.value = "";
  }

  private drop(event: DragEvent): void {
    event.preventDefault();
    this.over = false;
    this.tell(event.dataTransfer?.files);
  }

  override render() {
    return html`<div
      class="zone ${this.over ? "over" : ""}"
      @dragover=${(event: DragEvent) => {
        event.preventDefault();
        this.over = true;
      }}
      @dragleave=${() => (this.over = false)}
      @drop=${this.drop}
    >
      <ws-icon .path=${mdiFileMusicOutline}></ws-icon>
      <p class="soft">${this.text}</p>
      <button class="outlined" @click=${() => this.input.click()}>
        ${translate(this.multiple ? "drop.choose_many" : "drop.choose")}
      </button>
      <input
        type="file"
        accept="audio/*,.wav,.flac,.mp3,.ogg,.opus,.m4a,.webm"
        hidden
        ?multiple=${this.multiple}
        @change=${() => this.tell(this.input.files)}
      />
    </div>`;
  }
}
