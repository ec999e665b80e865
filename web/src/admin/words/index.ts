import i18n from "i18next";
import en from "./en";
import zh from "./zh";

/** Adds the words of the administration and account pages to those of the console. They come with the pages' code. */
export function addAdminWords(): void {
  i18n.addResourceBundle("zh", "translation", { admin: zh }, true, true);
  i18n.addResourceBundle("en", "translation", { admin: en }, true, true);
}
