// The agent deletes an ENV of the bin for good: when its time there has ended, or when the disk is full.
import { AGENT } from '../../access/owners.ts';
import type { EnvRecord } from '../../state/records.ts';
import { purgeEnvOperation } from '../envs/purge-env.ts';
import { runOperation } from '../run-operation.ts';
import type { Services } from '../services.ts';
import { inBackground } from './in-background.ts';

/** Nothing while an operation holds it: the next look comes soon. */
export function purge(services: Services, { name, bin }: EnvRecord, why: string): void {
  if (services.locks.isHeld(name)) return;
  services.logger.info({ envName: name, ...bin, why }, 'deleting an ENV of the bin');
  inBackground(
    services,
    runOperation(services, purgeEnvOperation, { name }, AGENT),
    { envName: name },
    'could not delete an ENV of the bin',
  );
}
