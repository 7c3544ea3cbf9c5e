import { hasText, translate } from "../i18n/translate";

/** Say what is wrong with a recording, by the code of its quality check. */
export function nameProblem(code: string): string {
  const key = `problem.${code}`;
  return hasText(key) ? translate(key) : code.replaceAll("_", " ");
}
