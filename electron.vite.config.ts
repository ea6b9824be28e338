// Builds the desktop into out/: main (ESM), preload (one CommonJS file: a sandboxed preload can import nothing), the
// renderer (for app:// and for browsers alike), and the programs: agent, proxy and `tt`. Everything is bundled, so the
// packaged app holds no node_modules.
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { nodeBuiltins, onNode, programBundles } from './tools/build/programs.ts';
import { withoutNative } from './tools/build/without-native.ts';

const root = import.meta.dirname;
const from = (...parts: string[]) => path.join(root, ...parts);

export default defineConfig({
  main: {
    plugins: [withoutNative(), programBundles(root)],
    build: {
      ...onNode,
      outDir: 'out/main',
      externalizeDeps: false,
      rolldownOptions: {
        input: from('main/main.ts'),
        external: ['electron', ...nodeBuiltins],
        output: { format: 'es', entryFileNames: '[name].js', codeSplitting: false },
      },
    },
  },
  preload: {
    build: {
      ...onNode,
      outDir: 'out/preload',
      externalizeDeps: false,
      rolldownOptions: {
        input: from('preload/preload.ts'),
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: from('renderer'),
    // Relative, so that it works from app://bundle/ and from wherever an agent serves it.
    base: './',
    plugins: [react()],
    build: {
      outDir: from('out/renderer'),
      emptyOutDir: true,
      // noVNC has a top-level await; older targets break it (docs: stack notes on @novnc/novnc).
      target: 'esnext',
      // Browsers get it over the network too.
      minify: true,
      sourcemap: false,
      reportCompressedSize: false,
      rolldownOptions: { input: from('renderer/index.html') },
    },
  },
});
