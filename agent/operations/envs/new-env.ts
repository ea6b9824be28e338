// The common part of every new ENV, whatever it is made from (images, a snapshot, an ENV, a capsule): its name is free and
// reserved while it is created, its lifetime begins, and it exists completely or not at all.
import { type EndPolicy, isValidName, type OperationKind, TtError } from '@tt/protocol';
import type { UndoStack } from '../../host/undo-stack.ts';
import type { EnvRecord } from '../../state/records.ts';
import { allOrNothing, keepFromHere } from '../all-or-nothing.ts';
import { admitRecords, type RecordServices, textSize } from '../capacity/record-limits.ts';
import { type Caller, mayShareWith } from '../caller.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { checkLifetime } from './lifetime.ts';
import { removeEnv } from './remove-env.ts';

/** What may be said of any new ENV besides its name. */
export interface NewEnvRequest {
  title?: string | undefined;
  notes?: string | undefined;
  lifetimeS?: number | undefined;
  overrideLimit?: boolean | undefined;
  endPolicy?: EndPolicy | undefined;
  /** The team to share it with. */
  team?: string | undefined;
}

/** Throws NAME_INVALID, ENV_NAME_TAKEN, ENV_NAME_IN_BIN, LIFETIME_TOO_LONG, NOT_ALLOWED, TEAM_NOT_FOUND or LIMIT_REACHED: before anything is made, and again when it is written down. */
export function checkNewEnvs(
  services: RecordServices & Pick<Services, 'teams'>,
  names: readonly string[],
  request: NewEnvRequest,
  caller: Caller,
): void {
  for (const envName of names) {
    if (!isValidName(envName)) throw new TtError('NAME_INVALID', { name: envName });
    if (!services.inventory.hasEnv(envName)) continue;
    const isDeleted = services.inventory.env(envName).phase === 'deleted';
    throw isDeleted ? new TtError('ENV_NAME_IN_BIN', { envName }) : new TtError('ENV_NAME_TAKEN', { envName });
  }
  checkLifetime(services, caller, request);
  if (request.team !== undefined) mayShareWith(services, caller, request.team);
  const textBytes = names.length * textSize(request.title, request.notes);
  admitRecords(services, caller.name, { envs: names.length, textBytes });
}

/** The record of an ENV that starts now; the caller adds the rest. */
export function newEnv(
  services: Pick<Services, 'settings' | 'now'>,
  name: string,
  request: NewEnvRequest,
  caller: Caller,
): EnvRecord {
  const start = services.now();
  const lifetimeS = request.lifetimeS ?? services.settings.current.lifetimeDefaultS;
  return {
    name,
    title: request.title ?? '',
    notes: request.notes ?? '',
    owner: caller.name,
    ...(request.team !== undefined && { team: request.team }),
    tags: [],
    startAt: start.toISOString(),
    endAt: new Date(start.getTime() + lifetimeS * 1000).toISOString(),
    endPolicy: request.endPolicy ?? 'delete',
    expired: false,
    warnedS: [],
    denyOutgoing: false,
    snapshotSchedule: null,
    nextSnapshotAt: null,
    sharedUuid: null,
    networks: [],
    lab: null,
    phase: 'creating',
  };
}

/**
 * Reserves the names of ENVs while `work` creates them; they become ready together, or none is left. Throws ENV_NAME_TAKEN for
 * a name that another call is creating. Before an ENV is recorded, `addRemoval` must be called.
 */
export function makeEnvs(
  services: Pick<Services, 'logger' | 'inventory' | 'locks' | 'reserve' | 'checkpoint'>,
  names: readonly string[],
  context: OperationContext,
  work: (undo: UndoStack) => Promise<void>,
): Promise<void> {
  return holdNames(services, names, context.kind, () =>
    allOrNothing(services, context, async (undo) => {
      await work(undo);
      keepFromHere(context);
      for (const name of names) services.inventory.putEnv({ ...services.inventory.env(name), phase: 'ready' });
      undo.commit();
      services.checkpoint('ready');
    }),
  );
}

/** How to take an ENV back that is about to be written down. */
export function addRemoval(
  services: Pick<Services, 'inventory' | 'thumbnails' | 'recordings' | 'networks' | 'sshKeys' | 'checkpoint'>,
  { name }: EnvRecord,
  undo: UndoStack,
): void {
  undo.add(`ENV ${name}`, () => removeEnv(services, name));
}

async function holdNames<Result>(
  services: Pick<Services, 'locks'>,
  names: readonly string[],
  kind: OperationKind,
  work: () => Promise<Result>,
): Promise<Result> {
  const [envName, ...others] = names;
  if (envName === undefined) return work();
  if (services.locks.isHeld(envName)) throw new TtError('ENV_NAME_TAKEN', { envName });
  return services.locks.hold(envName, kind, () => holdNames(services, others, kind, work));
}
