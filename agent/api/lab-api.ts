// Calls about labs, their terminals and their sessions.
import { sessionsOf } from '../labs/sessions.ts';
import { briefLab } from '../access/long-texts.ts';
import { byOperation } from './by-operation.ts';
import { api } from './context.ts';
import { shownTo } from './shown.ts';

export const labApi = {
  list: api.lab.list.handler(({ context: { services, caller } }) => ({
    labs: services.labs.labs().map(shownTo(caller, services).lab).map(briefLab),
  })),
  show: api.lab.show.handler(({ input, context: { services, caller } }) => ({
    lab: shownTo(caller, services).lab(services.labs.lab(input.name)),
    sessions: sessionsOf(services, input.name),
  })),
  create: api.lab.create.handler(byOperation('lab.create')),
  update: api.lab.update.handler(byOperation('lab.update')),
  delete: api.lab.delete.handler(byOperation('lab.delete')),
  setTerminal: api.lab.setTerminal.handler(byOperation('lab.setTerminal')),
  removeTerminal: api.lab.removeTerminal.handler(byOperation('lab.removeTerminal')),
  startSession: api.lab.startSession.handler(byOperation('lab.startSession')),
  stopSession: api.lab.stopSession.handler(byOperation('lab.stopSession')),
};
