/** Times, sizes and names as people write them. */
import { currentLanguage, translate } from "./translate";

export function formatDuration(seconds: number): string {
  if (seconds < 60) return translate("time.seconds", { n: Math.max(1, Math.round(seconds)) });
  if (seconds < 5400) return translate("time.minutes", { n: Math.round(seconds / 60) });
  return translate("time.hours", { n: Math.round(seconds / 360) / 10 });
}

export function formatWhen(iso: string): string {
  const seconds = (new Date(iso).getTime() - Date.now()) / 1000;
  const relative = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: "auto" });
  if (Math.abs(seconds) < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (Math.abs(seconds) < 86_400) return relative.format(Math.round(seconds / 3600), "hour");
  if (Math.abs(seconds) < 604_800) return relative.format(Math.round(seconds / 86_400), "day");
  return new Date(iso).toLocaleDateString(currentLanguage(), { dateStyle: "medium" });
}

export function formatBytes(bytes: number): string {
  const [value, unit] = bytes >= 1e9 ? [bytes / 1e9, "GB"] : bytes >= 1e6 ? [bytes / 1e6, "MB"] : [bytes / 1e3, "kB"];
  return `${formatNumber(value, value < 10 ? 1 : 0)} ${unit}`;
}

export function formatNumber(value: number, digits = 0): string {
  return value.toLocaleString(currentLanguage(), { maximumFractionDigits: digits });
}

export function formatPercent(value: number | null, digits = 0): string {
  return value === null ? translate("unknown") : `${formatNumber(100 * value, digits)} %`;
}

export function nameLanguage(code: string): string {
  if (code === "auto") return translate("language.auto");
  try {
    return new Intl.DisplayNames([currentLanguage()], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
