// Calls about the CD drives of a VM.
import { byOperation } from './by-operation.ts';
import { api } from './context.ts';

export const cdApi = {
  insert: api.cd.insert.handler(byOperation('cd.insert')),
  eject: api.cd.eject.handler(byOperation('cd.eject')),
};
