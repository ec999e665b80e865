import { useTranslation } from "react-i18next";

/** Actions and objects of the trail as people read them; what is not known stands for itself. */
export function useWords(): { action(a: string): string; object(o: string | undefined): string } {
  const { t } = useTranslation();
  return {
    action: (a) => t(`admin.action.${a.replace(".", "_")}`, { defaultValue: a }),
    object: (o) => {
      if (!o) return "–";
      const cut = o.indexOf("/");
      return cut < 0 ? o : `${t(`admin.object.${o.slice(0, cut)}`, { defaultValue: o.slice(0, cut) })} ${o.slice(cut + 1)}`;
    },
  };
}
