/** Texts of the panel, from one catalogue a language. */
import de from "../../translations/de.json";
import en from "../../translations/en.json";

export type TextKey = keyof typeof en;
export type Values = Record<string, string | number>;

const CATALOGUES: Record<string, Record<string, string>> = { en, de };
export const LANGUAGES = Object.keys(CATALOGUES);

let language = "en";
let texts: Record<string, string> = en;

export function currentLanguage(): string {
  return language;
}

/** Use the first language that we have; English where there is none. */
export function chooseLanguage(...wanted: (string | null | undefined)[]): void {
  const short = wanted.map((name) => name?.toLowerCase().split(/[-_]/)[0] ?? "");
  language = short.find((name) => name in CATALOGUES) ?? "en";
  texts = CATALOGUES[language] ?? en;
  document.documentElement.lang = language;
}

export function hasText(key: string): key is TextKey {
  return key in texts;
}

/** Return the ids of a family of texts, `family.ID.name`, in their order. */
export function listIds(family: string): string[] {
  const found = Object.keys(en).map((key) => new RegExp(`^${family}\\.(\\w+)\\.name$`).exec(key)?.[1]);
  return found.filter((id): id is string => id !== undefined);
}

/** Return the text, `{name}` replaced. A number `n` chooses `key.one` or `key.other`, where they exist. */
export function translate(key: TextKey | PluralKey, values: Values = {}): string {
  return fill(findText(key, values["n"]) ?? key, values);
}

/** Return the text of a key, of `key.one` or `key.other` for a number, or undefined where there is none. */
export function findText(key: string, n?: string | number): string | undefined {
  const text = texts[key];
  if (text !== undefined || typeof n !== "number") return text;
  const form = new Intl.PluralRules(language).select(n);
  const none = n === 0 ? texts[`${key}.zero`] : undefined;
  return none ?? texts[`${key}.${form}`] ?? texts[`${key}.other`];
}

/** Put the values into a text; what has none stays as it is. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? value.toLocaleString(language) : value;
  });
}

type PluralKey = TextKey extends infer K ? (K extends `${infer Base}.other` ? Base : never) : never;
