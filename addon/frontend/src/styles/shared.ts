import { css } from "lit";
import { controls } from "./controls";

/** What every component starts from: headings, cards, text, focus and motion. */
export const base = css`
  :host {
    display: block;
    color: var(--ws-text);
    font: 16px/1.5 var(--ws-font);
  }
  :host([hidden]) {
    display: none;
  }
  * {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  figure {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h1 {
    font-size: 28px;
    font-weight: 400;
    line-height: 1.25;
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: 20px;
    font-weight: 500;
    line-height: 1.3;
  }
  h3 {
    font-size: 16px;
    font-weight: 500;
  }
  a {
    color: var(--ws-link);
  }
  :focus-visible {
    outline: 2px solid var(--ws-link);
    outline-offset: 2px;
    border-radius: 4px;
  }
  .soft {
    color: var(--ws-soft);
    font-size: 14px;
  }
  .good {
    color: var(--ws-good-text);
  }
  .warn {
    color: var(--ws-warn-text);
  }
  .bad {
    color: var(--ws-bad-text);
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0.01ms !important;
      transition-duration: 0.01ms !important;
      scroll-behavior: auto !important;
    }
  }
`;

/** Cards, rows, stacks and skeletons. */
export const layout = css`
  .card {
    background: var(--ws-card);
    border: 1px solid var(--ws-line);
    border-radius: var(--ws-radius);
    padding: 20px;
  }
  .stack {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--ws-gap);
    align-content: start;
  }
  .tight {
    gap: 8px;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 12px;
    flex-wrap: wrap;
  }
  .grow {
    flex: 1;
    min-width: 0;
  }
  .tiles {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr));
    gap: var(--ws-gap);
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr));
    gap: var(--ws-gap);
  }
  .top {
    align-items: start;
  }
  .lines > * + * {
    border-top: 1px solid var(--ws-line);
  }
  .line {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 56px;
    padding: 8px 0;
  }
  .skeleton {
    background: var(--ws-raised);
    border-radius: var(--ws-radius);
    animation: breathe 1.6s ease-in-out infinite;
  }
  @keyframes breathe {
    50% {
      opacity: 0.5;
    }
  }
  @media (max-width: 600px) {
    .card {
      padding: 16px;
    }
  }
`;

export const shared = [base, layout, controls];
