// One page of fixed names, so that the program can embed it: index.html, assets/page.js,
// assets/page.css, assets/icon.svg, assets/kface.webmanifest. Nothing is put into the page inline:
// the service's content-security policy would refuse it.
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/',
  build: {
    target: 'es2021',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: {
      output: {
        entryFileNames: 'assets/page.js',
        assetFileNames: 'assets/page[extname]',
        inlineDynamicImports: true,
      },
    },
  },
});
