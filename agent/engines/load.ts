// Which engines there are: the one place that knows all of them by name. Called once by the agent's assembly.
import type { EngineEntry } from './engines.ts';
import { FakeEngine } from './fake-engine.ts';
import type { Engine } from './interface.ts';
import { ENGINE_NAMES, type EngineName, onlyFakes } from './names.ts';
import { QemuEngine, type QemuOptions } from './qemu/qemu-engine.ts';

/** What the engines may be told; the fake one needs none of it. */
export type EngineOptions = QemuOptions;

const makers: Readonly<Record<EngineName, (options: EngineOptions) => Engine>> = {
  qemu: (options) => new QemuEngine(options),
  fake: () => new FakeEngine(),
};

/**
 * Makes all engines, those in `names` to be used, in their order. The others are there for VMs they made before the
 * configuration changed. An engine costs nothing before its `init`. The fake one is alone, with a state folder that no real
 * engine has touched, and runs the images of all others.
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
