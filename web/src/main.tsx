import { createRoot } from "react-dom/client";
import { App } from "./App";
import { startI18n, startLanguage } from "./i18n";
import "./styles/tokens.css";
import "./styles/console.css";
import "./styles/triage.css";
import "./styles/cards.css";

function remembered(): string | null {
  try {
    return localStorage.getItem("lowsky.language");
  } catch {
    return null;
  }
}

await startI18n(startLanguage(location.search, remembered()));
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
