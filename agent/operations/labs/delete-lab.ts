// Deletes a lab that has no sessions.
import { TtError } from '@tt/protocol';
import { onLab } from '../../labs/rights.ts';
import { sessionEnvs } from '../../labs/sessions.ts';
import { defineOperation } from '../define-operation.ts';

export const deleteLabOperation = defineOperation({
  kind: 'lab.delete',
  ...onLab,
  cancellable: false,
  frees: true,
  async run({ services, target: { name } }) {
    const sessions = sessionEnvs(services, name).flatMap(({ lab }) => lab?.sessionName ?? []);
    if (sessions.length > 0) throw new TtError('LAB_IN_USE', { labName: name, sessions });
    services.labs.deleteLab(name);
    return { name };
  },
});
