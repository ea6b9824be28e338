// Creates the engines; the only module that knows all of them by name. Called once when the agent is assembled.
import type { EngineEntry } from './engines.ts';
import { FakeEngine } from './fake-engine.ts';
import type { Engine } from './interface.ts';
import { ENGINE_NAMES, type EngineName, onlyFakes } from './names.ts';
import { QemuEngine, type QemuOptions } from './qemu/qemu-engine.ts';

/** Options of the engines; the fake one needs none of them. */
export type EngineOptions = QemuOptions;

const makers: Readonly<Record<EngineName, (options: EngineOptions) => Engine>> = {
  qemu: (options) => new QemuEngine(options),
  fake: () => new FakeEngine(),
};

/**
 * Creates all engines; those in `names` are enabled, in their order. The others exist for VMs they created before the
 * configuration changed. An engine costs nothing before its `init`. The fake one is never combined with others: its state
 * folder was never used by a real engine, and it runs the images of all others.
 */
export function loadEngines(names: readonly EngineName[], options: EngineOptions): EngineEntry[] {
  const make = (name: EngineName) => makers[name](options);
  const others = ENGINE_NAMES.filter((name) => !names.includes(name) && name !== 'fake').map(make);
  if (onlyFakes(names)) return [{ engine: make('fake'), use: 'enabled', standsInFor: others }];
  return [
    ...names.map((name): EngineEntry => ({ engine: make(name), use: 'enabled' })),
    ...others.map((engine): EngineEntry => ({ engine, use: 'disabled' })),
  ];
}
