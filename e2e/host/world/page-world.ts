// The page's side of the wall: puts on `window` what the preload exposes, unchangeable, before any script of the page
// runs. Leaves no other trace. Runs inside pages as its own source text.
import type { createCodec } from '../codec.ts';
import type { createWorldPeer } from './world-peer.ts';

export interface WorldNames {
  toPage: string;
  toPreload: string;
}

export function runPageWorld(
  names: WorldNames,
  parts: { createCodec: typeof createCodec; createWorldPeer: typeof createWorldPeer },
): void {
  // Like Electron, a preload has only the top frame.
  if (window !== window.top) return;
  const peer = parts.createWorldPeer({
    codec: parts.createCodec(),
    send: names.toPreload,
    receive: names.toPage,
    async meetFiles() {
      throw new Error('a file from the preload is not modelled by the test host');
    },
    onExposed(key, value) {
      if (key in window) return;
      Object.defineProperty(window, key, { value, enumerable: true, writable: false, configurable: false });
    },
  });
  // Which of the two worlds runs first is not fixed: the other one says again what it has exposed.
  peer.hello();
}
