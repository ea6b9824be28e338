// What a VM asks of its engine, refused by name before anything is made.
import { TtError } from '@tt/protocol';
import type { EngineFeature } from '../../engines/interface.ts';
import type { Services } from '../services.ts';

/** A VM, also one that is only planned. `engine`: its name. */
export interface Machine {
  name: string;
  engine: string;
}

/** Throws FEATURE_UNSUPPORTED, naming feature, VM and engine. */
export function mustHaveFeature({ engines }: Pick<Services, 'engines'>, vm: Machine, feature: EngineFeature): void {
  const engine = engines.forVm(vm);
  if (engine.checkFeatures([feature]).length === 0) return;
  throw new TtError('FEATURE_UNSUPPORTED', { feature, where: `${vm.name} (${engine.name})` });
}
