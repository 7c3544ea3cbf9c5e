import { css } from "lit";

/** The frame: tabs at the top, or at the bottom of a phone. */
export const appStyles = css`
  header {
    position: sticky;
    top: 0;
    z-index: 5;
    background: color-mix(in srgb, var(--ws-page) 92%, transparent);
    backdrop-filter: blur(8px);
    border-bottom: 1px solid var(--ws-line);
  }
  .bar {
    display: flex;
    align-items: center;
    gap: 24px;
    max-width: 1080px;
    height: 56px;
    margin: 0 auto;
    padding: 0 16px;
  }
  .name {
    font-size: 20px;
    color: var(--ws-text);
    text-decoration: none;
    display: flex;
    gap: 10px;
    align-items: center;
  }
  nav {
    display: flex;
    gap: 4px;
    height: 100%;
    margin-inline-start: auto;
  }
  nav a {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 0 14px;
    color: var(--ws-soft);
    text-decoration: none;
    font-size: 14px;
    font-weight: 500;
    border-bottom: 2px solid transparent;
    border-top: 2px solid transparent;
  }
  nav a[aria-current] {
    color: var(--ws-link);
    border-bottom-color: var(--ws-primary);
  }
  nav a:focus-visible {
    outline-offset: -4px;
  }
  main {
    max-width: 1080px;
    margin: 0 auto;
    padding: 24px 16px 64px;
    outline: none;
  }
  main:focus-visible {
    outline: none; /* it is focused when a page opens, to be read from its beginning */
  }
  .offline {
    text-align: center;
    padding: 6px 16px;
    font-size: 14px;
    background: color-mix(in srgb, var(--ws-warn) 18%, var(--ws-card));
  }
  .skip:focus {
    position: fixed;
    inset: 8px auto auto 8px;
    z-index: 9;
    padding: 8px 16px;
    background: var(--ws-card);
  }
  .skip:not(:focus) {
    position: absolute;
    left: -9999px;
  }
  @media (max-width: 600px) {
    :host {
      --ws-bottom-bar: 56px;
    }
    nav {
      position: fixed;
      inset: auto 0 0;
      height: calc(56px + env(safe-area-inset-bottom));
      padding-bottom: env(safe-area-inset-bottom);
      background: var(--ws-card);
      border-top: 1px solid var(--ws-line);
      z-index: 6;
    }
    nav a {
      flex: 1;
      flex-direction: column;
      justify-content: center;
      gap: 0;
      padding: 4px;
      font-size: 12px;
      border-bottom: 0;
    }
    nav a[aria-current] {
      border-top-color: var(--ws-primary);
    }
    header {
      backdrop-filter: none;
      background: var(--ws-page);
    }
    main {
      padding: 16px 16px 96px;
    }
  }
`;
