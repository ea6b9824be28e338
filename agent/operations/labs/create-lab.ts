// Creates a lab.
import { isValidName, type Lab, TtError } from '@tt/protocol';
import type { LabRecord } from '../../state/records.ts';
import type { Caller } from '../caller.ts';
import type { RecordServices } from '../capacity/record-limits.ts';
import { defineOperation } from '../define-operation.ts';
import type { Services } from '../services.ts';
import { changedLab, type LabChange, putLab } from './lab-fields.ts';

/** The default limit of concurrent sessions of a lab. */
const SEATS_DEFAULT = 20;

export const createLabOperation = defineOperation({
  kind: 'lab.create',
  allow: () => null,
  subject: (_target, { name }) => ({ labName: name }),
  cancellable: false,
  run: async ({ services, caller, input: { operationId: _id, ...request } }) => createLab(services, caller, request),
});

function createLab(
  services: RecordServices & Pick<Services, 'now'>,
  caller: Caller,
  { name, ...change }: LabChange & { name: string },
): Lab {
  const { labs } = services;
  if (!isValidName(name)) throw new TtError('NAME_INVALID', { name });
  if (labs.hasLab(name)) throw new TtError('LAB_NAME_TAKEN', { labName: name });
  const lab: LabRecord = {
    name,
    title: '',
    notes: '',
    owner: caller.name,
    profileNames: [],
    seats: SEATS_DEFAULT,
    sessionLifetimeS: null,
    terminalsEnabled: false,
    terminalsStartSessions: false,
    terminals: [],
    createdAt: services.now().toISOString(),
  };
  return putLab(services, changedLab(services, caller, lab, change), null);
}
