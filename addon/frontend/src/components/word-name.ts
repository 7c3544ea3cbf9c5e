/** A wake word by its id, as people name it. */
import { html } from "lit";
import { versionOf, wordOf } from "../api/fleet";
import { live } from "../api/live";
import { translate } from "../i18n/translate";
import { linkTo } from "../router";

/** Name it: our phrase with its version, else the id in words. */
export function nameWord(id: string): string {
  const model = live.models.get(id);
  const version = model?.version ?? versionOf(id);
  const phrase = model?.phrase ?? wordOf(id).replaceAll("_", " ");
  return version ? `${phrase} · ${translate("model.version", { n: version })}` : phrase;
}

/** The same; ours with a link to its page. */
export function renderWord(id: string) {
  return live.models.has(id) ? html`<a href=${linkTo("model", id)}>${nameWord(id)}</a>` : nameWord(id);
}

export function nameSatellites(ids: readonly string[]): string {
  return ids.map((id) => live.fleet.satellites.get(id)?.name ?? id).join(", ");
}
