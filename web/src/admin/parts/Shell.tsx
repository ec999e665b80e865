import { ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { useEffect, useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { addAdminWords } from "../words";
import { PHONE, useMedia } from "./loaded";
import { consoleTheme } from "./theme";
import "../admin.css";

addAdminWords();

/** antd as the console looks, in its language. Everything of antd stays below this, in chunks that the live map never loads. */
export function Shell({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const touch = useMedia(PHONE);
  const theme = useMemo(() => consoleTheme(touch), [touch]);
  const zh = i18n.language !== "en";
  useMemo(() => dayjs.locale(zh ? "zh-cn" : "en"), [zh]);
  // The map was taken from view: it measures itself anew when it comes back.
  useEffect(() => () => void setTimeout(() => window.dispatchEvent(new Event("resize"))), []);
  return (
    <ConfigProvider theme={theme} locale={zh ? zhCN : enUS} wave={{ disabled: true }} button={{ autoInsertSpace: false }} renderEmpty={() => <span className="dim">–</span>}>
      {children}
    </ConfigProvider>
  );
}
