import { css } from "lit";

/** A small mark beside a name. */
export const badge = css`
  .badge {
    font-size: 12px;
    font-weight: 500;
    line-height: 20px;
    border-radius: 9999px;
    padding: 2px 10px;
    white-space: nowrap;
    background: color-mix(in srgb, var(--ws-good) 18%, var(--ws-card));
    color: var(--ws-text);
  }
`;
