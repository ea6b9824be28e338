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
 * configuration changed. An engine costs nothing before its `init`. Alone, the fake engine runs the images of all others.
 */
export function loadEngines(names: readonly EngineName[], options: EngineOptions): EngineEntry[] {
  const isTrial = onlyFakes(names);
  const others = ENGINE_NAMES.filter((name) => !names.includes(name)).map((name) => makers[name](options));
  const enabled = names.map((name): EngineEntry => {
    const entry = { engine: makers[name](options), use: 'enabled' } as const;
    return isTrial ? { ...entry, standsInFor: others.flatMap(({ prefixes }) => prefixes) } : entry;
  });
  // Whoever only looks at the window need not hear of what is switched off; and nobody needs to hear of the fake.
  const useOf = ({ name }: Engine) => (isTrial || name === 'fake' ? 'unlisted' : 'disabled');
  return [...enabled, ...others.map((engine): EngineEntry => ({ engine, use: useOf(engine) }))];
}
