/** HTTP below `api/v1`, relative to the page, so that it works behind Home Assistant's ingress. */

import type { Message } from "../i18n/told";
import type { Values } from "../i18n/translate";

/** What the service says when it cannot do what was asked. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint = "",
    readonly values: Values = {},
  ) {
    super(message);
  }
}

export function apiUrl(path: string): string {
  return new URL(`api/v1/${path}`, document.baseURI).href;
}

/** Return the WebSocket's address of a path below `api/v1`. */
export function socketUrl(path: string): string {
  return apiUrl(path).replace(/^http/, "ws");
}

export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(apiUrl(path), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "offline", "");
  }
  if (!response.ok) throw await readError(response);
  return response;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await request(path, signal ? { signal } : {})).json()) as T;
}

/** Send JSON and return what is answered, or undefined for an empty answer. */
export async function sendJson<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.headers = { "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  if (signal) init.signal = signal;
  const text = await (await request(path, init)).text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** Read a list, whether it comes bare or under a name. */
export async function getList<T>(path: string): Promise<T[]> {
  const data = await getJson<T[] | Record<string, T[]>>(path);
  return Array.isArray(data) ? data : (Object.values(data).find((value) => Array.isArray(value)) ?? []);
}

async function readError(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as { error: Message & { code: string } };
    return new ApiError(response.status, error.code, error.message, error.hint, error.values);
  } catch {
    return new ApiError(response.status, "internal", response.statusText);
  }
}
