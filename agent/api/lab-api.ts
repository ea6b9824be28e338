// Calls about labs, their terminals and their sessions.
import { labView } from '../labs/lab-registry.ts';
import { sessionsOf } from '../labs/sessions.ts';
import { byOperation } from './by-operation.ts';
import { api } from './context.ts';

export const labApi = {
  list: api.lab.list.handler(({ context: { services } }) => ({ labs: services.labs.labs().map(labView) })),
  show: api.lab.show.handler(({ input, context: { services } }) => ({
    lab: labView(services.labs.lab(input.name)),
    sessions: sessionsOf(services, input.name),
  })),
  create: api.lab.create.handler(byOperation('lab.create')),
  update: api.lab.update.handler(byOperation('lab.update')),
  delete: api.lab.delete.handler(byOperation('lab.delete')),
  setTerminal: api.lab.setTerminal.handler(byOperation('lab.setTerminal')),
  deleteTerminal: api.lab.deleteTerminal.handler(byOperation('lab.deleteTerminal')),
  startSession: api.lab.startSession.handler(byOperation('lab.startSession')),
  stopSession: api.lab.stopSession.handler(byOperation('lab.stopSession')),
};
