import { defineConfig } from "vitest/config";

export default defineConfig({
  define: {
    "import.meta.env.VITE_TARGET": JSON.stringify("web"),
    "import.meta.env.VITE_VERSION": JSON.stringify("0.0.0"),
    "import.meta.env.VITE_DEFAULT_RELAY": JSON.stringify("http://localhost:8787"),
  },
  test: { include: ["tests/**/*.test.{ts,tsx}"] },
});
