// Which engine: the one place that knows all of them by name. Called once by the agent's assembly.
import { EngineError } from './errors.ts';
import { FakeEngine } from './fake-engine.ts';
import type { Engine } from './interface.ts';
import { QemuEngine, type QemuOptions } from './qemu/qemu-engine.ts';

export type EngineName = 'qemu' | 'fake';

/** What the engines may be told; the fake one needs none of it. */
export type EngineOptions = QemuOptions;

/** Makes the engine called `name`; call its `init` before anything else. */
export function loadEngine(name: EngineName, options: EngineOptions): Engine {
  switch (name) {
    case 'qemu':
      return new QemuEngine(options);
    case 'fake':
      return new FakeEngine();
    default:
      // The name comes from a config file, where a type can't help.
      throw new EngineError('ENGINE_MISSING', `there is no engine called ${String(name satisfies never)}`);
  }
}
