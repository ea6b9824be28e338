// Calls for administrators about the server itself: all of them refuse everybody else, here, once.
import { FINDINGS_AGE_S, logQuerySchema } from '@tt/protocol';
import { mustBeAdmin } from '../operations/caller.ts';
import { api } from './context.ts';

const forAdmins = api.admin.use(({ context: { caller }, next }) => {
  mustBeAdmin(caller, 'administer');
  return next();
});

export const adminApi = {
  findings: forAdmins.findings.handler(({ input, context: { administration } }) =>
    administration.findings(input?.maxAgeS ?? FINDINGS_AGE_S),
  ),
  storage: forAdmins.storage.handler(({ context: { administration } }) => administration.storage()),
  networks: forAdmins.networks.handler(({ context: { administration } }) => administration.networks()),
  metrics: forAdmins.metrics.handler(({ context: { administration } }) => administration.hour()),
  log: forAdmins.log.handler(({ input, context: { administration } }) =>
    administration.log(input ?? logQuerySchema.parse({})),
  ),
  certificate: forAdmins.certificate.handler(({ context: { administration } }) => ({
    certificate: administration.certificate(),
  })),
  version: forAdmins.version.handler(({ context: { administration } }) => administration.version()),
  runTask: forAdmins.runTask.handler(({ input: { name }, context: { tasks } }) => tasks.runNow(name)),
};
