import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const backend = process.env.PHOTURE_BACKEND ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    // Everything is a file of its own under /assets: a data: URI would need a hole in the Content-Security-Policy.
    assetsInlineLimit: 0,
    target: "es2022",
  },
  server: { proxy: { "/api": backend, "/media": backend } },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    // What is shipped, not what the package offers to programs outside of a browser.
    alias: { "tus-js-client": "tus-js-client/lib.esm/browser/index.js" },
  },
});
