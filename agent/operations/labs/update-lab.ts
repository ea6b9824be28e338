// Changes the fields of a lab that are given.
import { onLab } from '../../labs/rights.ts';
import { defineOperation } from '../define-operation.ts';
import { changedLab, putLab } from './lab-fields.ts';

export const updateLabOperation = defineOperation({
  kind: 'lab.update',
  ...onLab,
  cancellable: false,
  run: async ({ services, caller, target, input: { operationId: _id, name: _name, ...change } }) =>
    putLab(services, changedLab(services, caller, target, change), target),
});
