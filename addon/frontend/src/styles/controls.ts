import { css } from "lit";

/** Buttons, fields, chips, switches: plain elements, dressed as Home Assistant's. */
export const controls = css`
  button,
  .button {
    font: inherit;
    font-weight: 500;
    font-size: 14px;
    line-height: 20px;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 40px;
    padding: 8px 16px;
    border: 0;
    border-radius: 9999px;
    background: transparent;
    color: var(--ws-link);
    cursor: pointer;
    text-decoration: none;
    transition: background-color 0.15s;
  }
  button:hover:not(:disabled),
  .button:hover {
    background: color-mix(in srgb, var(--ws-primary) 10%, transparent);
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  button:focus-visible,
  .button:focus-visible {
    border-radius: 9999px;
  }
  .filled {
    background: var(--ws-fill, light-dark(color-mix(in srgb, var(--ws-primary) 88%, black), var(--ws-primary)));
    color: var(--ws-on-primary);
  }
  .filled:hover:not(:disabled) {
    background: color-mix(in srgb, var(--ws-primary) 80%, var(--ws-text));
  }
  .tonal {
    background: color-mix(in srgb, var(--ws-primary) 14%, transparent);
  }
  .outlined {
    border: 1px solid var(--ws-line);
    background: var(--ws-card);
  }
  .danger {
    color: var(--ws-bad-text);
  }
  .icon {
    min-width: 40px;
    padding: 8px;
    color: var(--ws-soft);
  }
  .chip {
    min-height: 36px;
    padding: 6px 14px;
    border: 1px solid var(--ws-edge);
    color: var(--ws-text);
    font-weight: 400;
  }
  .chip[aria-pressed="true"] {
    background: color-mix(in srgb, var(--ws-primary) 18%, transparent);
    border-color: var(--ws-primary);
    font-weight: 500;
  }
  input:not([type="range"]):not([type="checkbox"]):not([type="radio"]),
  select,
  textarea {
    font: inherit;
    color: inherit;
    width: 100%;
    min-height: 44px;
    padding: 8px 12px;
    border: 1px solid var(--ws-edge);
    border-radius: 8px;
    background: var(--ws-card);
  }
  textarea {
    resize: vertical;
  }
  input[type="range"],
  input[type="checkbox"],
  input[type="radio"] {
    accent-color: var(--ws-primary);
  }
  input[type="checkbox"],
  input[type="radio"] {
    width: 20px;
    height: 20px;
    margin: 0;
    flex: none;
  }
  input[type="range"] {
    width: 100%;
    height: 28px;
    margin: 0;
  }
  label {
    font-size: 14px;
    font-weight: 500;
  }
  .field {
    display: grid;
    gap: 4px;
    align-content: start;
  }
`;
