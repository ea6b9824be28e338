// Changes an ENV: title and notes, lifetime, end policy, outgoing connections, and with `vms` all of its VMs.
import { type Env, TtError } from '@tt/protocol';
import type { EnvRecord } from '../../state/records.ts';
import { type Accounts, admitToTeam } from '../capacity/capacity.ts';
import { admitRecords, type RecordServices, textSize } from '../capacity/record-limits.ts';
import { type Caller, mayShareWith, mustOwn } from '../caller.ts';
import { type InputOf, defineOperation } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { withSchedule } from '../snapshots/snapshot-schedule.ts';
import { onEnv } from '../targets.ts';
import { setRules } from '../vms/network-setup.ts';
import { changeVms } from '../vms/update-vms.ts';
import { checkLifetime, withLifetime } from './lifetime.ts';
import { sharedWith, tellMembers } from './share-env.ts';

type EnvChange = InputOf<'env.update'>;

export const updateEnvOperation = defineOperation({
  kind: 'env.update',
  ...onEnv,
  cancellable: false,
  // Words and lifetime never wait: extending an ENV works also while it is being saved or started.
  lock: ({ name }, { vms, denyOutgoing }) => (vms !== undefined || denyOutgoing !== undefined ? name : null),
  run: async ({ services, input, caller, operation }) => {
    checkLifetime(services, caller, input);
    checkSharing(services, caller, input);
    return updateEnv(services, input, operation);
  },
});

async function updateEnv(services: Services, change: EnvChange, context: OperationContext): Promise<Env> {
  const { inventory } = services;
  const { name: envName } = change;
  if (change.denyOutgoing !== undefined) checkOutgoing(services, inventory.env(envName), change.denyOutgoing);
  if (change.vms) await changeVms(services, inventory.vmsOf(envName), change.vms, context);
  if (change.denyOutgoing !== undefined) {
    await setRules(services, inventory.vmsOf(envName), change.denyOutgoing);
    services.checkpoint('outgoing changed');
  }
  return write(services, envName, change);
}

/** Members of its team may not share it, nor have it deleted at its end. Throws ENV_NOT_YOURS, TEAM_NOT_FOUND or TEAM_QUOTA_EXCEEDED. */
function checkSharing(services: Accounts, caller: Caller, { name, team, endPolicy }: EnvChange): void {
  const env = services.inventory.env(name);
  const isShared = team !== undefined && team !== (env.team ?? null);
  const deletes = endPolicy === 'delete' || endPolicy === 'snapshotThenDelete';
  if (isShared || (deletes && endPolicy !== env.endPolicy)) mustOwn(services, caller, name);
  if (!isShared || team === null) return;
  mayShareWith(services, caller, team);
  admitToTeam(services, env, team);
}

/** User networking applies it when a VM starts; a running one would not change, so it is refused. */
function checkOutgoing(
  services: Pick<Services, 'inventory' | 'firewalls'>,
  env: EnvRecord,
  denyOutgoing: boolean,
): void {
  if (env.denyOutgoing === denyOutgoing) return;
  for (const vm of services.inventory.vmsOf(env.name)) {
    const firewalls = vm.spec.nics.map(({ kind }) => services.firewalls.of(kind));
    const lacking = denyOutgoing ? firewalls.find((one) => one.checkFeatures(['denyOutgoing']).length > 0) : undefined;
    if (lacking)
      throw new TtError('FEATURE_UNSUPPORTED', { feature: 'denyOutgoing', where: `${vm.name} (${lacking.name})` });
    const isUp = vm.status.state !== 'stopped' && vm.status.state !== 'failed';
    const isBound = firewalls.some((one) => one.checkFeatures(['liveChange']).length > 0);
    if (isUp && isBound) {
      throw new TtError('VM_MUST_BE_STOPPED', { vmName: vm.name, change: 'outgoing' });
    }
  }
}

function write(
  services: RecordServices & Pick<Services, 'now' | 'teams' | 'log'>,
  envName: string,
  change: EnvChange,
): Env {
  const { inventory } = services;
  const env = inventory.env(envName);
  const isShared = change.team !== undefined && change.team !== (env.team ?? null);
  // It may have been deleted meanwhile.
  if (isShared && change.team) services.teams.get(change.team, null);
  const changed = {
    ...sharedWith(env, change.team),
    title: change.title ?? env.title,
    notes: change.notes ?? env.notes,
    tags: change.tags ?? env.tags,
    endPolicy: change.endPolicy ?? env.endPolicy,
    denyOutgoing: change.denyOutgoing ?? env.denyOutgoing,
    ...(change.snapshotSchedule !== undefined && withSchedule(change.snapshotSchedule, services.now())),
  };
  const sizeOf = ({ title, notes, tags }: EnvRecord) => textSize(title, notes, ...tags);
  admitRecords(services, env.owner, { textBytes: sizeOf(changed) - sizeOf(env) });
  inventory.putEnv(change.lifetimeS === undefined ? changed : withLifetime(changed, change.lifetimeS, services.now()));
  if (isShared) tellMembers(services, [env.team, change.team]);
  return inventory.envView(inventory.env(envName));
}
