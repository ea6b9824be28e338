// The base of every call in the contract: an oRPC builder that knows the error table.
import { type ErrorMapItem, oc } from '@orpc/contract';
import { type ErrorCode, type ErrorTable, errorTable } from '../errors.ts';

type ErrorsOf<Code extends ErrorCode> = { [C in Code]: ErrorMapItem<ErrorTable[C]['data']> };

/** Errors of every call. Almost every call stores something, so it may find the disk full. */
const everywhere = [
  'INPUT_INVALID',
  'UNAUTHORIZED',
  'VIEWER_REFUSED',
  'LIMIT_REACHED',
  'INTERNAL',
  'AGENT_UNREACHABLE',
  'AGENT_GONE',
  'DISK_FULL',
] as const;

/** Errors of changing VMs, one of them or all of an ENV. */
export const changingVms = [
  'VM_MUST_BE_STOPPED',
  'MEMORY_TOO_SMALL',
  'DISK_CANNOT_SHRINK',
  'DISK_EXHAUSTED',
  'DISK_FULL',
  'QUOTA_EXCEEDED',
  'TEAM_QUOTA_EXCEEDED',
  'PORTS_EXHAUSTED',
  'DESTINATION_INVALID',
  'FEATURE_UNSUPPORTED',
  'NETWORK_FAILED',
  'FIREWALL_FAILED',
  'VM_CONTROL_FAILED',
] as const;
/** Errors of creating or starting VMs, for all calls that do it. */
export const placing = [
  'CPU_EXHAUSTED',
  'MEMORY_EXHAUSTED',
  'QUOTA_EXCEEDED',
  'TEAM_QUOTA_EXCEEDED',
  'DISK_FULL',
  'ENGINE_MISSING',
  'ENGINE_UNKNOWN',
  'NETWORK_FAILED',
  'FIREWALL_FAILED',
  'VM_START_FAILED',
  'VM_MEMORY_LIMIT',
  'HOST_PORT_TAKEN',
  'PROFILE_IN_ADMIN_SESSION',
  'OPERATION_CANCELLED',
] as const;
/** Errors of planning new VMs. */
export const planning = [
  'IMAGE_NOT_FOUND',
  'IMAGE_NOT_READY',
  'IMAGE_BUILD_FAILED',
  'MEMORY_TOO_SMALL',
  'DISK_EXHAUSTED',
  'DISK_TOO_SMALL',
  'PORTS_EXHAUSTED',
  'ADDRESSES_EXHAUSTED',
  'NETWORK_UNAVAILABLE',
  'DESTINATION_INVALID',
  'FEATURE_UNSUPPORTED',
] as const;

/** Errors of changing disks or CD drives of one VM. */
export const changingDrives = [
  'VM_NOT_FOUND',
  'ENV_NOT_YOURS',
  'ENV_BUSY',
  'VM_MUST_BE_STOPPED',
  'VM_CONTROL_FAILED',
] as const;

/** What may be refused beside a code: whoever may not change the ENV of another may not change one in the bin either. */
const besides = { ENV_NOT_YOURS: 'ENV_DELETED', ENV_NAME_TAKEN: 'ENV_NAME_IN_BIN' } as const satisfies Partial<
  Record<ErrorCode, ErrorCode>
>;
type Besides = typeof besides;
type WithBesides<Code extends ErrorCode> =
  | Code
  | { [From in keyof Besides]: From extends Code ? Besides[From] : never }[keyof Besides];

function withBesides<Code extends ErrorCode>(codes: readonly Code[]): WithBesides<Code>[] {
  const more = Object.entries(besides).flatMap(([from, beside]) =>
    codes.some((code) => code === from) ? [beside as WithBesides<Code>] : [],
  );
  return [...codes, ...more];
}

/** The part of the error table that a call names, in the form oRPC takes. */
function errorsOf<Code extends ErrorCode>(codes: readonly Code[]): ErrorsOf<Code> {
  return Object.fromEntries(
    codes.map((code) => [
      code,
      { status: errorTable[code].status, message: errorTable[code].message, data: errorTable[code].data },
    ]),
  ) as ErrorsOf<Code>;
}

/** Starts the definition of a call with these error codes in addition to those of every call, and those that come with them. */
export function call<Code extends ErrorCode>(...codes: readonly Code[]) {
  return oc.errors(errorsOf<WithBesides<Code> | (typeof everywhere)[number]>([...everywhere, ...withBesides(codes)]));
}
