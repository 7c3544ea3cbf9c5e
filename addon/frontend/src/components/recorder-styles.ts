import { css } from "lit";

export const recorderStyles = css`
  .who {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr));
    gap: 16px;
  }
  .booth {
    display: grid;
    gap: 16px;
    padding: 24px;
    border-radius: var(--ws-radius);
    background: var(--ws-raised);
    text-align: center;
    outline: 3px solid transparent;
    transition: outline-color 0.2s;
  }
  .recording {
    outline-color: var(--ws-bad);
  }
  .prompt {
    min-height: 56px;
    font-size: 26px;
    line-height: 56px;
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .counting .prompt {
    font-size: 44px;
    font-weight: 500;
  }
  .check {
    min-height: 48px;
    justify-content: center;
  }
  .check .grow {
    flex: 0 1 auto;
  }
  @media (max-width: 600px) {
    .booth {
      padding: 16px;
    }
    .prompt {
      font-size: 20px;
      line-height: 28px;
    }
  }
`;
