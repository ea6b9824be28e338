// Who requests an operation, and what they can change.
import { type Role, type TermCode, TtError } from '@tt/protocol';
import type { Services } from './services.ts';

export interface Caller {
  name: string;
  role: Role;
}

/** The agent itself: the end of a lifetime, schedules. */
export const AGENT: Caller = { name: 'tt', role: 'admin' };

/** Throws ENV_NOT_FOUND, or ENV_NOT_YOURS unless the caller owns the ENV or is an administrator. */
export function mayChange({ inventory }: Pick<Services, 'inventory'>, caller: Caller, envName: string): void {
  const { owner } = inventory.env(envName);
  if (caller.role !== 'admin' && caller.name !== owner) throw new TtError('ENV_NOT_YOURS', { envName, owner });
}

/** Throws NOT_ALLOWED unless the caller is an administrator. */
export function mustBeAdmin(caller: Caller, what: TermCode<'privilege'>): void {
  if (caller.role !== 'admin') throw new TtError('NOT_ALLOWED', { user: caller.name, what });
}

/** Throws NOT_ALLOWED unless the caller started it, owns its ENV, or is an administrator. */
export function mayCancel(
  { inventory, operations }: Pick<Services, 'inventory' | 'operations'>,
  caller: Caller,
  operationId: string,
): void {
  const startedBy = operations.startedBy(operationId);
  if (startedBy === null || startedBy === caller.name) return;
  const envName = operations.list().find(({ id }) => id === operationId)?.subject.envName;
  const owner = envName !== undefined && inventory.hasEnv(envName) ? inventory.env(envName).owner : null;
  if (owner !== caller.name) mustBeAdmin(caller, 'cancelOthers');
}
