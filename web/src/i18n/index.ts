import i18n from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en";
import zh from "./zh";

export type Language = "zh" | "en";

/** Language of a `lang` in the URL, else the remembered one, else zh-CN. */
export function startLanguage(search: string, remembered: string | null): Language {
  const asked = new URLSearchParams(search).get("lang") ?? remembered;
  return asked === "en" ? "en" : "zh";
}

export async function startI18n(language: Language): Promise<void> {
  await i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: "zh",
    resources: { zh: { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export function setLanguage(language: Language): void {
  void i18n.changeLanguage(language);
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  try {
    localStorage.setItem("lowsky.language", language);
  } catch {
    // private windows may refuse; the URL still holds it
  }
}
