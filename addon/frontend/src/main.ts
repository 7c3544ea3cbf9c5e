import { live } from "./api/live";
import { followLinks } from "./arrival";
import { chooseLanguage } from "./i18n/translate";
import { findParent, followTheme } from "./theme";

followTheme();
// What was chosen in the settings of this browser goes before Home Assistant's language, and that before the browser's.
chooseLanguage(localStorage.getItem("wakesmith.language"), findParent()?.lang, ...navigator.languages);
followLinks();
live.connect();

// Texts are chosen before any component is made.
void import("./ws-app");
