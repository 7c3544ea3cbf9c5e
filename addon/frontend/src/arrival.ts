/**
 * Links of Home Assistant to one of our pages, such as `/app/local_wakesmith/model/hey_jarvis_v2`. The page that embeds
 * us keeps what follows the app's name in its own address, and hands none of it on.
 */
import { goTo } from "./router";

const OURS = /^(?:\/app|\/hassio\/ingress)?\/(?:\w+_)?wakesmith\/([\w-]+)(?:\/([\w.-]+))?\/?$/;

/** Go to the page that the link named, now and whenever another link is followed while we are open. */
export function followLinks(): void {
  const outer = findOuter();
  if (!outer) return;
  const follow = (): void => {
    // With a query it is a dialog of Home Assistant's that was opened over us.
    const found = outer.location.search ? null : OURS.exec(outer.location.pathname);
    if (found?.[1]) goTo(found[1], found[2]);
  };
  follow();
  outer.addEventListener("location-changed", follow);
  window.addEventListener("pagehide", () => {
    outer.removeEventListener("location-changed", follow);
  });
}

/** Return the window that embeds us, where it is of our origin and another one. */
function findOuter(): Window | null {
  try {
    return window.parent === window || !window.parent.location.pathname ? null : window.parent;
  } catch {
    return null; // of another origin
  }
}
