import { css } from "lit";

export const createStyles = css`
  .wide {
    max-width: 860px;
    margin: 0 auto;
  }
  .hero {
    display: grid;
    gap: 16px;
    padding: 32px;
    min-height: 300px;
    align-content: start;
  }
  h1 label {
    font: inherit;
  }
  #phrase {
    min-height: 64px;
    font-size: 24px;
    padding: 12px 20px;
    border-radius: 16px;
    border-width: 2px;
  }
  #phrase:focus {
    outline: none;
    border-color: var(--ws-link);
  }
  #phrase::placeholder {
    color: var(--ws-soft);
    opacity: 0.8;
  }
  .teach {
    min-height: 132px;
    max-width: 64ch;
    font-size: 16px;
  }
  .actions {
    display: flex;
    justify-content: flex-end;
  }
  .large {
    min-height: 52px;
    padding: 12px 28px;
    font-size: 16px;
  }
  .large:disabled {
    opacity: 1;
    background: var(--ws-raised);
    color: var(--ws-soft);
  }
  @media (max-width: 600px) {
    .hero {
      padding: 20px 16px;
    }
    #phrase {
      font-size: 20px;
      padding: 12px 16px;
    }
    .large {
      width: 100%;
    }
  }
`;
