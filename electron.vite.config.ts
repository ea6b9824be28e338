// Builds the desktop into out/: main (ESM), preload (one CommonJS file: a sandboxed preload can import nothing), the
// renderer (for app:// and for browsers alike), and the agent that Electron starts as its child. Everything is bundled,
// so the packaged app holds no node_modules.
import { cp } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { build, type Plugin } from 'vite';

const root = import.meta.dirname;
const from = (...parts: string[]) => path.join(root, ...parts);
const nodeBuiltins = [...builtinModules, /^node:/];
const onNode = { target: 'node24', minify: false, sourcemap: false, reportCompressedSize: false } as const;

export default defineConfig({
  main: {
    plugins: [agentBundle()],
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

/** After main, builds the agent into out/agent/main.js with the guest files its recipes read from beside themselves. */
function agentBundle(): Plugin {
  return {
    name: 'tt-agent-bundle',
    async closeBundle() {
      await build({
        configFile: false,
        root,
        logLevel: 'warn',
        build: {
          ...onNode,
          outDir: 'out/agent',
          emptyOutDir: true,
          ssr: true,
          rolldownOptions: {
            input: from('agent/main.ts'),
            external: nodeBuiltins,
            output: { format: 'es', entryFileNames: 'main.js', codeSplitting: false },
          },
        },
        ssr: { noExternal: true, target: 'node' },
      });
      await cp(from('agent/images/recipes/tiny/guest'), from('out/agent/guest'), { recursive: true });
    },
  };
}
