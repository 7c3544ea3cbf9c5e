import { say } from "./announce";
import { ApiError } from "./api/http";
import { MicrophoneError } from "./audio/microphone";
import { tell, type Told } from "./i18n/told";
import { translate } from "./i18n/translate";

/** Say in the user's language what went wrong, as far as we know the code; else in the service's words. */
export function describeError(error: unknown): Told {
  if (error instanceof ApiError || error instanceof MicrophoneError) {
    const { message, hint } = tell(error, "error");
    return { message: message || translate("error.internal"), hint };
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
