import { defineConfig } from "vitest/config";
import { singleFile } from "./tools/single.ts";

export default defineConfig({
  base: "./",
  build: {
    outDir: "../firmware_py/fleet/static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 100_000,
    reportCompressedSize: false,
  },
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  plugins: [singleFile()],
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "node",
    testTimeout: 120_000,
    isolate: false,
    fileParallelism: false,
  },
});
