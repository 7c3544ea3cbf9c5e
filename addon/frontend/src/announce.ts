/** What is said to everybody: a toast, which screen readers speak. */

export interface Toast {
  text: string;
  /** For what can be taken back. */
  undo?: () => Promise<void>;
  bad?: boolean;
}

export const toasts = new EventTarget();

export function say(toast: Toast): void {
  toasts.dispatchEvent(new CustomEvent<Toast>("toast", { detail: toast }));
}
