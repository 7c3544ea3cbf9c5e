import { mdiClose } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { say } from "../announce";
import { deleteProfile, saveProfile } from "../api/client";
import type { JobRequest, Profile } from "../api/types";
import { attempt } from "../errors";
import { translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import "./ws-icon";

/** Saved *Advanced* choices. Emits `choose` with a request, and `saved` when the list has changed. */
@customElement("ws-profiles")
export class WsProfiles extends LitElement {
  @property({ attribute: false }) profiles: Profile[] = [];
  @property({ attribute: false }) request: JobRequest | null = null;
  @state() private name = "";
  /** The name that the next press replaces. */
  @state() private sure = "";
  static override styles = [
    ...shared,
    css`
      .pill {
        display: inline-flex;
        align-items: center;
      }
    `,
  ];

  private tell(): void {
    this.dispatchEvent(new CustomEvent("saved", { bubbles: true, composed: true }));
  }

  /** The name as the service takes it. */
  private get cleaned(): string {
    return this.name
      .trim()
      .replace(/[^\p{L}\p{N}_ .+-]+/gu, "_")
      .replace(/^[ .+-]+/, "");
  }

  private async save(event: Event): Promise<void> {
    event.preventDefault();
    const name = this.cleaned;
    if (!name || !this.request) return;
    if (this.sure !== name && this.profiles.some((profile) => profile.name === name)) {
      this.sure = name;
      return;
    }
    const { phrase: _, say: __, ...kept } = this.request;
    await attempt(async () => {
      await saveProfile(name, { ...kept, phrase: name });
      this.name = this.sure = "";
      say({ text: translate("profiles.saved", { name }) });
      this.tell();
    });
  }

  private choose(profile: Profile): void {
    const { phrase: _, say: __, ...kept } = profile.request;
    this.dispatchEvent(new CustomEvent("choose", { detail: kept }));
  }

  private async discard(profile: Profile): Promise<void> {
    await attempt(async () => {
      await deleteProfile(profile.name);
      say({
        text: translate("profiles.deleted", { name: profile.name }),
        undo: async () => {
          await saveProfile(profile.name, profile.request);
          this.tell();
        },
      });
      this.tell();
    });
  }

  override render() {
    return html`<section class="stack tight">
      ${this.request ? html`<h3>${translate("profiles.title")}</h3>` : nothing}
      <div class="row">
        ${this.profiles.map(
          (profile) =>
            html`<span class="pill"
              >${
                this.request
                  ? html`<button class="chip" @click=${() => this.choose(profile)}>${profile.name}</button>`
                  : profile.name
              }
              <button
                class="icon"
                aria-label=${translate("profiles.delete", { name: profile.name })}
                @click=${() => this.discard(profile)}
              >
                <ws-icon .path=${mdiClose}></ws-icon></button
            ></span>`,
        )}
        ${this.profiles.length ? nothing : html`<p class="soft">${translate("profiles.none")}</p>`}
      </div>
      ${
        this.request
          ? html`<form class="row" @submit=${this.save}>
              <input
                class="grow"
                aria-label=${translate("profiles.name")}
                placeholder=${translate("profiles.name")}
                maxlength="40"
                .value=${this.name}
                @input=${(event: Event) => (this.name = (event.target as HTMLInputElement).value)}
              />
              <button class="outlined" type="submit">
                ${this.sure && this.sure === this.cleaned ? translate("profiles.replace", { name: this.sure }) : translate("profiles.save")}
              </button>
            </form>`
          : nothing
      }
    </section>`;
  }
}
