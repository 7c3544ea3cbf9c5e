import { say } from "./announce";
import { ApiError } from "./api/http";
import { MicrophoneError } from "./audio/microphone";
import { hasText, translate } from "./i18n/translate";

/** Say in the user's language what went wrong, as far as we know the code; else in the service's words. */
export function describeError(error: unknown): { message: string; hint: string } {
  if (error instanceof ApiError || error instanceof MicrophoneError) {
    const key = `error.${error.code}`;
    const known = hasText(key) ? translate(key) : "";
    const message = error.message || known || translate("error.internal");
    return { message, hint: error instanceof ApiError ? error.hint : "" };
  }
  return { message: translate("error.internal"), hint: error instanceof Error ? error.message : "" };
}

/** Run what may fail and tell the user when it does. Returns undefined then. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const { message, hint } = describeError(error);
    say({ text: hint ? `${message} ${hint}` : message, bad: true });
    return undefined;
  }
}
