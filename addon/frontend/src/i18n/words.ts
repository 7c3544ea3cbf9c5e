/** Figures in plain words; no claim beyond the sound that was measured. The same rules as the trainer's report. */
import { formatNumber } from "./format";
import { hasText, translate } from "./translate";

const TOO_FAST = 100; // a bound of more an hour says nothing

/** Return a share as a count of 100; 99 where rounding would claim perfection. */
export function inHundred(value: number): number {
  const count = Math.floor(value * 100 + 0.5);
  return count === 100 && value < 1 ? 99 : count;
}

export function describeRecall(value: number | null, low: number | null): string {
  if (value === null) return translate("words.recall_unknown");
  const count = inHundred(value);
  if (low === null) return translate("words.recall", { count });
  return translate("words.recall_low", { count, low: Math.floor(low * 100) });
}

/** Say how often it wakes by mistake, by the upper bound an hour. */
export function describeAccepts(bound: number | null): string {
  if (bound === null || bound > TOO_FAST) return translate("words.accepts_unknown");
  if (bound <= 1) return translate("words.accepts_rare", { time: describeHours(1 / bound) });
  return translate("words.accepts_often", { count: formatNumber(Math.ceil(bound * 10) / 10, 1) });
}

/** Round down: a bound is never made better. */
export function describeHours(hours: number): string {
  if (hours * 60 < 1) return translate("words.under_minute");
  if (hours < 2) return translate("words.minutes", { n: Math.floor(hours * 60) });
  if (hours < 72) return translate("words.hours", { n: Math.floor(hours) });
  return translate("words.days", { n: Math.floor(hours / 24) });
}

/** Name a voice by whom one hears: `kokoro:bf_alice+am_adam` is Alice + Adam, `piper:en_US-joe-medium` is Joe. */
export function nameVoice(id: string): string {
  const [, names = id] = /^\w+:(.+)$/.exec(id) ?? [];
  const parts = names.split("+").map((part) => {
    const piper = /^[a-z]{2,3}_[A-Z]{2}-([^-]+)/.exec(part);
    return piper?.[1] ?? part.replace(/^[a-z]{2}_/, "");
  });
  return parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1).replaceAll("_", " ")).join(" + ");
}

/** Name a source of sound, such as `music: hyperrogue`. */
export function nameSound(name: string): string {
  const [, kind = "", rest = name] = /^(\w+): (.+)$/.exec(name) ?? [];
  const key = `sound.${kind}`;
  return hasText(key) ? `${translate(key)}: ${rest}` : name;
}

export function nameCondition(name: string): string {
  const [, kind = name, amount = ""] = /^(\w+)_(-?[\d.]+)(?:db|pc|st)$/.exec(name) ?? [];
  if (name === "noise_0db") return translate("condition.noise_even");
  if (kind === "pitch") {
    return translate(amount.startsWith("-") ? "condition.pitch_lower" : "condition.pitch_higher", {
      db: amount.replace("-", ""),
    });
  }
  const named = `condition.${kind}`;
  if (amount && hasText(named)) return translate(named, { db: amount });
  const key = `condition.${name}`;
  return hasText(key) ? translate(key) : name.replaceAll("_", " ");
}
