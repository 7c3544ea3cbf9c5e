/** What trainer and service say, in the user's language: by its code and values, else as it came. */
import { nameLanguage } from "./format";
import { fill, findText, type Values } from "./translate";

/** A message as trainer and service send it: `code` and `values` for programs, the rest for people, in English. */
export interface Message {
  code?: string;
  message: string;
  hint?: string;
  values?: Values;
}

export interface Told {
  message: string;
  hint: string;
}

/** Say a message by our own text `<family>.<code>` and `<family>.<code>.hint`, of the first family that has one. */
export function tell(sent: Message, ...families: string[]): Told {
  const values: Values = { message: sent.message, hint: sent.hint ?? "", ...sent.values };
  if (typeof values["language"] === "string") values["language"] = nameLanguage(values["language"]);
  for (const family of families) {
    const key = `${family}.${sent.code}`;
    const message = say(key, values);
    if (message !== undefined) return { message, hint: say(`${key}.hint`, values) ?? "" };
  }
  return { message: sent.message, hint: sent.hint ?? "" };
}

/** Return the text, or undefined where there is none, or a value that it names did not come. */
function say(key: string, values: Values): string | undefined {
  const text = findText(key, values["n"]);
  const filled = text === undefined ? undefined : fill(text, values).trim();
  return filled === undefined || /\{\w+\}/.test(filled) ? undefined : filled;
}
