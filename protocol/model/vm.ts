// A VM of an ENV, and the table of its states and transitions.
import { z } from 'zod';
import { errorRecordSchema } from '../errors.ts';
import { openTerm } from '../terms/index.ts';
import { cloudInitSchema, provisioningSchema } from './cloud-init.ts';
import { port, protocolName, timestamp, vmId } from './common.ts';
import { identitySchema } from './identity.ts';
import { machineSpecSchema } from './machine-spec.ts';
import { netKindSchema, nicSchema } from './network.ts';
import { presenceSchema } from './presence.ts';

export const vmStateSchema = z.enum(['creating', 'running', 'paused', 'stopped', 'failed', 'unknown', 'deleting']);
export type VmState = z.infer<typeof vmStateSchema>;

/** Which state can follow which. A forbidden transition is a bug, not a user error. */
export const vmTransitions: Record<VmState, readonly VmState[]> = {
  creating: ['running', 'stopped', 'failed', 'deleting'],
  running: ['paused', 'stopped', 'failed', 'unknown', 'deleting'],
  paused: ['running', 'stopped', 'failed', 'unknown', 'deleting'],
  stopped: ['running', 'failed', 'unknown', 'deleting'],
  failed: ['running', 'stopped', 'unknown', 'deleting'],
  unknown: ['running', 'paused', 'stopped', 'failed', 'deleting'],
  deleting: ['failed'],
};

export const portMappingSchema = z.object({
  protocol: protocolName,
  guestPort: port,
  hostPort: port,
  hostAddress: z.string().describe('The address of the host at which clients reach the port.'),
});
export type PortMapping = z.infer<typeof portMappingSchema>;

export const vmOriginSchema = z.object({
  how: z.enum(['booted', 'woken']).describe('woken: from the warm instant of its image, past its boot.'),
  ms: z
    .number()
    .int()
    .nonnegative()
    .nullable()
    .describe('Woken: until its guest answered, with its own identity, on its network. null for one that booted.'),
  reason: openTerm('bootReason').nullable().describe('Booted: why it was not woken.'),
});
export type VmOrigin = z.infer<typeof vmOriginSchema>;

export const readinessSchema = z.object({
  stage: z
    .enum(['booting', 'agentAnswers', 'sshAnswers', 'silent', 'unknown'])
    .describe(
      'booting: no answer yet. silent: none within half an hour. unknown: it has neither a guest agent, nor a guest helper, nor a port for ssh.',
    ),
  agentAt: timestamp.nullable().describe('When its guest helper or guest agent first answered in this run.'),
  sshAt: timestamp.nullable().describe('When its ssh server first greeted the agent in this run.'),
  panickedAt: timestamp
    .optional()
    .describe('When its kernel was found to have panicked, as Linux says on its serial console; absent: it has not.'),
});
export type Readiness = z.infer<typeof readinessSchema>;

/** Whether nothing more is to be expected of its guest: it has answered, or nobody can tell. */
export function isSettled({ state, readiness }: { state: VmState; readiness: Readiness | null }): boolean {
  if (state !== 'running') return state !== 'creating';
  return readiness?.stage !== 'booting' || readiness.panickedAt !== undefined;
}

export const vmSchema = z.object({
  id: vmId,
  name: z.string().describe('<env>/<os>-<n>'),
  envName: z.string(),
  hostId: z.string(),
  engine: z.string(),
  image: z.string().describe('Empty if it was created with an empty disk.'),
  features: z.array(z.string()).describe('Features of its engine and image: vnc, serial, liveSnapshot, guestAgent ...'),
  state: vmStateSchema,
  stopping: z.boolean().describe('It is being stopped: its guest powers off, or is forced off.'),
  failure: errorRecordSchema.nullable().describe('Why it failed, with its last log lines.'),
  spec: machineSpecSchema.describe('Its machine spec.'),
  acceleration: z.enum(['kvm', 'tcg']).nullable(),
  netKind: netKindSchema.describe('Of its first NIC.'),
  mac: z.string().describe('Of its first NIC.'),
  ip: z.string().nullable().describe('Of its first NIC; null with user networking.'),
  nics: z.array(nicSchema),
  portMap: z.array(portMappingSchema),
  cloudInit: cloudInitSchema.nullable().describe('What its guest got at its first boot; null: nothing.'),
  provisioning: provisioningSchema,
  identity: identitySchema.nullable().describe('The identity of a copy; null: it is not a copy.'),
  viewers: z.number().int().nonnegative().describe('Consoles and shells connected now.'),
  presence: presenceSchema
    .optional()
    .describe('Who has them open, and who has the keyboard. Absent: nobody, or it is not for you to know.'),
  discardWrites: z.boolean().describe('Discards its writes at every stop, reset and end.'),
  base: z
    .object({ profileName: z.string(), version: z.number().int() })
    .nullable()
    .describe('The profile and version its disk was created from; null: its image.'),
  origin: vmOriginSchema.nullable().describe('How its guest began; null: it is a copy, or an older TT made it.'),
  createdAt: timestamp,
  runningSince: timestamp.nullable(),
  readiness: readinessSchema.nullable().describe('How far its guest has come; null: it does not run.'),
});
export type Vm = z.infer<typeof vmSchema>;
