// A verb of the grammar as the sentence shown while hovering: Put web-1 back to "clean", 12:04.
import type { Format } from '../i18n/format.ts';
import { snapshotLabel, type Translate } from '../i18n/index.ts';
import { visibleName } from '../guest-files/visible-name.ts';
import { shortVmName } from '../state/vm-name.ts';
import type { Held, Verb } from './drag-grammar.ts';

export function verbWords(verb: Verb, t: Translate, format: Format): string {
  switch (verb.do) {
    case 'snapshotVm':
      return t('snapshots.verbs.snapshotVm', { vm: verb.vmName });
    case 'snapshotEnv':
      return t('snapshots.verbs.snapshotEnv', { count: verb.vmCount, env: verb.envName });
    case 'revertVm': {
      const values = {
        vm: verb.vmName,
        snapshot: verb.snapshot.name,
        time: format.time(verb.snapshot.createdAt),
      };
      return verb.only ? t('snapshots.verbs.revertOnly', values) : t('snapshots.verbs.revertVm', values);
    }
    case 'fork':
      return t('copies.verb', { snapshot: verb.snapshot.name, time: format.time(verb.snapshot.createdAt) });
    case 'pushVm':
      return verb.folder === null
        ? t('guestFiles.verbs.pushVm', { vm: verb.vmName })
        : t('guestFiles.verbs.pushFolder', { vm: verb.vmName, folder: visibleName(verb.folder) });
    case 'pushEnv':
      return t('guestFiles.verbs.pushEnv', { env: verb.envName });
    case 'importImages':
      return t('images.imports.verb');
    case 'revertEnv':
      return t('snapshots.verbs.revertEnv', {
        count: verb.vmCount,
        snapshot: verb.snapshot.name,
        time: format.time(verb.snapshot.createdAt),
      });
  }
}

/** What can be done with what is held, while it is over nothing. */
export function heldWords(held: Held, t: Translate): string {
  if (held.kind === 'files') return t('guestFiles.verbs.held');
  if (held.kind === 'snapshot') {
    const { scope, vms } = held.snapshot;
    const name = snapshotLabel(held.snapshot.name);
    const [only] = vms;
    if (scope === 'vm' && only) return t('snapshots.verbs.heldVmSnapshot', { name, vm: shortVmName(only.vmName) });
    return t('snapshots.verbs.heldSnapshot', { name });
  }
  return t('snapshots.verbs.heldVm', { name: held.kind === 'vm' ? held.vmName : held.envName });
}
