// The engine features a VM needs; a missing one is refused by name before anything is created.
import { TtError } from '@tt/protocol';
import type { EngineFeature } from '../../engines/interface.ts';
import type { Services } from '../services.ts';

/** A VM. */
export interface Machine {
  name: string;
  placement: { engine: string };
}

/** Throws FEATURE_UNSUPPORTED, naming feature, VM and engine. */
export function mustHaveFeature(services: Pick<Services, 'engines'>, vm: Machine, feature: EngineFeature): void {
  mustHaveFeatures(services, vm, [feature]);
}

/** The same for several; `features` may come from a table that knows no engine. */
export function mustHaveFeatures(
  { engines }: Pick<Services, 'engines'>,
  { name, placement: { engine } }: Machine,
  features: readonly string[],
): void {
  const [missing] = engines.named(engine).checkFeatures(features);
  if (missing !== undefined)
    throw new TtError('FEATURE_UNSUPPORTED', { feature: missing, where: `${name} (${engine})` });
}
