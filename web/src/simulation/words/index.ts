import i18n from "i18next";
import en from "./en";
import zh from "./zh";

/** Adds the words of this page to those of the console. They come with the page's code. */
export function addSimulationWords(): void {
  i18n.addResourceBundle("zh", "translation", { simulation: zh }, true, true);
  i18n.addResourceBundle("en", "translation", { simulation: en }, true, true);
}
