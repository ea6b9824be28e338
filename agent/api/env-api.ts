// Calls about ENVs.
import type { Env } from '@tt/protocol';
import type { Reader } from '../access/owners.ts';
import { isInBin } from '../operations/envs/bin.ts';
import type { Services } from '../operations/services.ts';
import type { EnvRecord } from '../state/records.ts';
import { planClone } from '../operations/copies/plan-copies.ts';
import { mayChange } from '../operations/caller.ts';
import { readRecording } from '../operations/envs/read-recording.ts';
import { sshKeyOf } from '../operations/envs/ssh-key.ts';
import { briefEnv } from '../access/long-texts.ts';
import { byOperation } from './by-operation.ts';
import { api } from './context.ts';
import { envDetailFor, shownTo } from './shown.ts';

export const envApi = {
  list: api.env.list.handler(({ context: { services, caller } }) => ({
    envs: brief(services, caller, (env) => !isInBin(env)),
  })),
  listDeleted: api.env.listDeleted.handler(({ context: { services, caller } }) => ({
    envs: brief(services, caller, isInBin),
  })),
  show: api.env.show.handler(({ input, context: { services, caller } }) => envDetailFor(caller, services, input)),
  create: api.env.create.handler(byOperation('env.create')),
  update: api.env.update.handler(byOperation('env.update')),
  addVms: api.env.addVms.handler(byOperation('env.addVms')),
  removeVms: api.env.removeVms.handler(byOperation('env.removeVms')),
  sshKey: api.env.sshKey.handler(({ input, context: { services, caller } }) => {
    mayChange(services, caller, input.name);
    return sshKeyOf(services, input.name, input.vmId);
  }),
  readRecording: api.env.readRecording.handler(async ({ input, context: { services, caller } }) => {
    mayChange(services, caller, input.name);
    return readRecording(services, input);
  }),
  clone: api.env.clone.handler(byOperation('env.clone')),
  planClone: api.env.planClone.handler(({ input, context: { services, caller } }) =>
    planClone(services, caller, input.name, input),
  ),
  start: api.env.start.handler(byOperation('env.start')),
  stop: api.env.stop.handler(byOperation('env.stop')),
  compact: api.env.compact.handler(byOperation('env.compact')),
  delete: api.env.delete.handler(byOperation('env.delete')),
  restore: api.env.restore.handler(byOperation('env.restore')),
  purge: api.env.purge.handler(byOperation('env.purge')),
};

function brief(services: Pick<Services, 'inventory'>, caller: Reader, isMeant: (env: EnvRecord) => boolean): Env[] {
  return services.inventory.envs().filter(isMeant).map(shownTo(caller, services).env).map(briefEnv);
}
