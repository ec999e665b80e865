/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server under development: `npm run mock` listens there, and so may a real `lowsky serve`.
const backend = process.env["LOWSKY_DEV_BACKEND"] ?? "http://127.0.0.1:8090";

export default defineConfig({
  base: "/",
  plugins: [react()],
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
