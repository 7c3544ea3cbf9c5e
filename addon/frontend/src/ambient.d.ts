declare module "*.css" {
  const text: string;
  export default text;
}

/** Address of the bundled AudioWorklet, set by bundle.mjs. */
declare const WORKLET: string;
