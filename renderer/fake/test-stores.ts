// Stores over the fake bridge for unit tests: no DOM, no waiting, an address bar in memory.
import { type FakeBridge, type FakeOptions, fakeBridge } from '../fake-bridge.ts';
import { Stores } from '../state/stores.ts';

export interface TestStores {
  stores: Stores;
  bridge: FakeBridge;
  stop: () => void;
}

/** Started stores that have seen the first picture of the world. */
export async function startTestStores(options: FakeOptions = {}): Promise<TestStores> {
  const bridge = fakeBridge(options);
  const stores = new Stores(bridge, {
    address: memoryAddress(),
    settingsPlace: null,
    languages: ['en'],
    isShown: () => true,
  });
  const stop = stores.start();
  await settle();
  return { stores, bridge, stop };
}

/** Lets everything that waits for nothing but promises come to its end. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await Promise.resolve();
}

export function memoryAddress(hash = '') {
  let now = hash;
  const listeners = new Set<() => void>();
  return {
    read: () => now,
    write: (next: string) => {
      now = next;
    },
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** As if the user had typed another address. */
    visit: (next: string) => {
      now = next;
      for (const listener of listeners) listener();
    },
  };
}
