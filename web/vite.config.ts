import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// During `npm run dev` the page is served by Vite and every API path goes to a running server
// (MEDLEY_URL, default the usual local address).
const server = process.env.MEDLEY_URL ?? "http://127.0.0.1:8000";
const api = "^/(api|auth|videos|artists|tags|collections|search|scan|jobs|config|files|health|ping)(/|\\?|$)";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  server: { proxy: { [api]: { target: server, changeOrigin: true } } },
  build: {
    target: "es2022",
    // Nothing is inlined as data: URLs, so the Content-Security-Policy stays short and every
    // asset is cached by its hashed name.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: ["index.html", "docs.html"],
      output: {
        // The libraries change rarely; their own chunk survives an update of the page.
        codeSplitting: {
          groups: [
            { name: "libraries", test: /node_modules[\\/](react|react-dom|scheduler|react-router|@tanstack)[\\/]/ },
            { name: "icons", test: /node_modules[\\/]lucide-react[\\/]/ },
          ],
        },
      },
    },
  },
});
