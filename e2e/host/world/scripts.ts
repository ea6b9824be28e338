// The two scripts a page gets before its own: one for the preload's isolated world, one for the page's main world.
import { createCodec } from '../codec.ts';
import { runPageWorld, type WorldNames } from './page-world.ts';
import { runPreloadWorld } from './preload-world.ts';
import { createWorldPeer } from './world-peer.ts';

/** Name of the isolated world, for CDP. */
export const PRELOAD_WORLD = 'tt-preload';

const parts = `{ createCodec: ${createCodec.toString()}, createWorldPeer: ${createWorldPeer.toString()} }`;

/** `source` is the built preload's text, run as Electron runs it: inside a function, as CommonJS. */
export function preloadScript(names: WorldNames, source: string): string {
  const preload = `function (require, module, exports, process) {\n${source}\n}`;
  return `(${runPreloadWorld.toString()})(${JSON.stringify(names)}, ${parts}, ${preload});`;
}

export function pageScript(names: WorldNames): string {
  return `(${runPageWorld.toString()})(${JSON.stringify(names)}, ${parts});`;
}
