import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = "http://localhost:8025";

export default defineConfig({
  // Addresses stay relative: the server writes its base path into <base href>.
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../mailpit_py/static",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the page's CSP allows no data: addresses
    modulePreload: { polyfill: false },
    target: "es2022",
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": { target: server, ws: true } } },
  test: { include: ["src/**/*.test.ts"] },
});
