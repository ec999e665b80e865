import { theme, type ThemeConfig } from "antd";

const names = {
  void: "--bg-0", input: "--bg-1", panel: "--bg-2", card: "--bg-3", selected: "--bg-4",
  line1: "--line-1", line2: "--line-2", line3: "--line-3",
  text1: "--text-1", text2: "--text-2", text3: "--text-3", text4: "--text-4",
  accent: "--accent", accentDim: "--accent-dim", onAccent: "--on-accent",
} as const;

/** antd in the console's colours, read from the page's own tokens: antd computes with them, so names will not do. */
export function consoleTheme(touch: boolean): ThemeConfig {
  const style = getComputedStyle(document.documentElement);
  const c = Object.fromEntries(Object.entries(names).map(([k, v]) => [k, style.getPropertyValue(v).trim()])) as Record<keyof typeof names, string>;
  const height = touch ? 44 : 28;
  return {
    algorithm: theme.darkAlgorithm,
    token: {
      fontFamily: style.getPropertyValue("--font").trim(), fontSize: touch ? 16 : 13, fontSizeSM: touch ? 14 : 12, lineHeight: 18 / 13, sizeStep: 3, borderRadius: 4, borderRadiusLG: 6, borderRadiusSM: 3,
      controlHeight: height, controlHeightSM: touch ? 44 : 24, controlHeightLG: touch ? 48 : 32,
      colorPrimary: c.accent, colorInfo: c.accent, colorSuccess: c.text2, colorLink: c.accent, colorLinkHover: c.accent,
      // Red, orange and yellow are severities of alerts and nothing else: a refused field is told by mark and words.
      colorError: c.text1, colorWarning: c.text1,
      colorBgBase: c.panel, colorBgContainer: c.input, colorBgElevated: c.card, colorBgLayout: c.void, colorBgSpotlight: c.selected,
      colorText: c.text1, colorTextBase: c.text1, colorTextSecondary: c.text2, colorTextTertiary: c.text3, colorTextQuaternary: c.text3, colorTextPlaceholder: c.text3, colorTextDisabled: c.text4,
      colorTextLightSolid: c.onAccent, colorTextHeading: c.text1, colorTextLabel: c.text2, colorTextDescription: c.text2,
      colorBorder: c.line2, colorBorderSecondary: c.line1, colorSplit: c.line1,
      colorFillAlter: c.card, colorFillSecondary: c.selected, controlItemBgHover: c.card, controlItemBgActive: c.accentDim, controlItemBgActiveHover: c.accentDim,
      boxShadow: "none", boxShadowSecondary: "none", boxShadowTertiary: "none", controlOutline: "transparent", wireframe: false, motion: false,
    },
    components: {
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none", fontWeight: 500, defaultBg: c.card, defaultHoverBg: c.selected, defaultHoverColor: c.text1, defaultHoverBorderColor: c.line3, primaryColor: c.onAccent },
      Table: { headerBg: c.panel, headerColor: c.text2, rowHoverBg: c.card, borderColor: c.line1, rowSelectedBg: c.accentDim, rowSelectedHoverBg: c.accentDim, colorBgContainer: c.panel, headerSplitColor: "transparent" },
      Select: { optionSelectedBg: c.accentDim, optionActiveBg: c.selected, multipleItemBg: c.selected },
      Tree: { nodeSelectedBg: c.accentDim, nodeHoverBg: c.card, colorBgContainer: c.panel, titleHeight: height },
      Modal: { contentBg: c.panel, headerBg: c.panel, titleFontSize: 15 },
      Form: { labelColor: c.text2, verticalLabelPadding: 0, itemMarginBottom: 12, labelFontSize: 12 },
      Checkbox: { colorBgContainer: c.input },
    },
  };
}
