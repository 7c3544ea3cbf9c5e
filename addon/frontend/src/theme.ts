/** Home Assistant's theme, where the panel is embedded by ingress; else the browser's light or dark. */

const TAKEN = [
  "--primary-color",
  "--primary-text-color",
  "--secondary-text-color",
  "--primary-background-color",
  "--secondary-background-color",
  "--card-background-color",
  "--ha-card-background",
  "--ha-card-border-radius",
  "--divider-color",
  "--success-color",
  "--warning-color",
  "--error-color",
  "--ha-font-family-body",
];

/** Return the root of the page that embeds us, where it is of our origin and another page. */
export function findParent(): HTMLElement | null {
  try {
    return window.parent === window ? null : window.parent.document.documentElement;
  } catch {
    return null; // of another origin
  }
}

/** Take over the theme now and whenever it changes. */
export function followTheme(): void {
  const parent = findParent();
  if (!parent) return;
  const take = (): void => {
    const root = document.documentElement;
    const theirs = getComputedStyle(parent);
    for (const name of TAKEN) {
      const value = theirs.getPropertyValue(name).trim();
      if (value) root.style.setProperty(name, value);
      else root.style.removeProperty(name);
    }
    const dark = isDark(root);
    root.style.colorScheme = dark === null ? "" : dark ? "dark" : "light";
  };
  take();
  new MutationObserver(take).observe(parent, { attributes: true, attributeFilter: ["style", "class"] });
}

/** Say whether the page's background is dark; null where the theme names none. */
function isDark(root: HTMLElement): boolean | null {
  if (!root.style.getPropertyValue("--primary-background-color")) return null;
  const probe = document.createElement("i");
  probe.style.color = "var(--primary-background-color)";
  root.append(probe);
  const parts =
    getComputedStyle(probe)
      .color.match(/[\d.]+/g)
      ?.map(Number) ?? [];
  probe.remove();
  const [red = 255, green = 255, blue = 255] = parts;
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
