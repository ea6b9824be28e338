// What the window can do about an error of a machine, besides saying what it is: shown beside its words, wherever these are.
import type { ErrorRecord } from '@tt/protocol';
import type { Action } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from './stores.ts';
import { vmActions } from '../machines/actions.ts';
import { canStart } from '../machines/vm-store.ts';

/** null when there is nothing to offer, or the machine is gone or has been started since. */
export function actionForError(stores: Stores, { code, data }: ErrorRecord, t: Translate): Action | null {
  if (code !== 'HOST_PORT_TAKEN') return null;
  const vm = stores.vms.items.all.find(({ name }) => name === data['vmName']);
  return vm && canStart(vm.state) ? vmActions(stores, vm, t).startOnOtherPorts : null;
}
