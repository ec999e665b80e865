/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vitest/config";

// The server under development: `npm run mock` listens there, and so may a real `lowsky serve`.
const backend = process.env["LOWSKY_DEV_BACKEND"] ?? "http://127.0.0.1:8090";

/** antd's style sheets as the content security policy allows them; see the file. */
function constructedSheets(): Plugin {
  const ours = fileURLToPath(new URL("./src/admin/parts/sheets.ts", import.meta.url));
  return {
    name: "lowsky:constructed-sheets",
    enforce: "pre",
    resolveId: (source, importer) => (importer?.includes("/node_modules/@") && /(^|\/)(dynamicCSS|cssUtils)(\.js)?$/.test(source) ? ours : null),
  };
}

export default defineConfig({
  base: "/",
  plugins: [constructedSheets(), react()],
  worker: { format: "es" },
  build: {
    outDir: "dist/app",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    // MapLibre alone is larger than the default bound; the server is on the same network.
    chunkSizeWarningLimit: 1500,
    rollupOptions: { input: { index: "index.html" } },
  },
  server: { proxy: { "/api": { target: backend, ws: true } } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
