// Paths of the built parts: main.ts is bundled to out/main/main.js, the others are beside it (also inside the asar).
import path from 'node:path';

const out = path.resolve(import.meta.dirname, '..');

export const places = {
  preload: path.join(out, 'preload', 'preload.cjs'),
  renderer: path.join(out, 'renderer'),
  agent: path.join(out, 'agent', 'main.js'),
} as const;
