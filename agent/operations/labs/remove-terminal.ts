// Removes a terminal from a lab.
import { terminalOf } from '../../labs/lab-registry.ts';
import { onLab } from '../../labs/rights.ts';
import { defineOperation } from '../define-operation.ts';
import { putLab } from './lab-fields.ts';

export const removeTerminalOperation = defineOperation({
  kind: 'lab.removeTerminal',
  ...onLab,
  cancellable: false,
  async run({ services, target: lab, input: { terminalName } }) {
    terminalOf(lab, terminalName);
    return putLab(services, { ...lab, terminals: lab.terminals.filter(({ name }) => name !== terminalName) }, lab);
  },
});
