// Add machines to an ENV: the same sheet as New ENV, without a name and a lifetime. Key A on the ENV's page.
import { type TtError, toErrorRecord } from '@tt/protocol';
import { when } from 'mobx';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Button } from '../components/Button.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { Kbd } from '../components/Kbd.tsx';
import { GroupsDraft } from './groups-draft.ts';
import { MachineSheet } from './MachineSheet.tsx';
import { translate, useWords } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';
import { useStores } from '../state/stores-context.ts';
import { useRefusal } from './use-refusal.ts';
import { whyNotAdd } from './why-not-create.ts';

export interface AddMachinesSheetProps {
  envName: string;
  kept: GroupsDraft | null;
}

export const AddMachinesSheet = observer(function AddMachinesSheet({ envName, kept }: AddMachinesSheetProps) {
  const stores = useStores();
  const { images, view } = stores;
  const t = useWords();
  const [draft] = useState(() => kept ?? new GroupsDraft(images));
  const [busy, setBusy] = useState(false);
  const { refusal, refuse } = useRefusal(JSON.stringify(draft.toMachines()));
  const add = async () => {
    if (busy || whyNotAdd(stores, draft) !== null) return;
    setBusy(true);
    refuse(null);
    const asked = JSON.stringify(draft.toMachines());
    const error = await addFromDraft(stores, envName, draft);
    setBusy(false);
    if (error) refuse({ error, envName, asked });
  };
  const submit = () => ({
    label: t('machines.add'),
    whyNot: whyNotAdd(stores, draft),
    run: () => void add(),
  });
  return (
    <MachineSheet
      title={t('machines.addTitle', { env: envName })}
      draft={draft}
      error={refusal?.error ?? null}
      errorTitle={t('machines.addFailed', { env: envName })}
      submit={submit}
    >
      <footer className="dialog-foot">
        <DialogFoot onCancel={() => view.close()}>
          <Button kind="primary" isBusy={busy} whyNot={submit().whyNot} onPress={() => void add()}>
            {draft.vmCount > 0 ? t('machines.addCount', { count: draft.vmCount }) : t('machines.add')}
            <Kbd keys="Ctrl-Enter" />
          </Button>
        </DialogFoot>
      </footer>
    </MachineSheet>
  );
});

/**
 * What the agent refuses at once comes back for the sheet; once the first machine is in the making the sheet gives way, and a
 * later failure offers to open it again with the same content.
 */
async function addFromDraft(stores: Stores, envName: string, draft: GroupsDraft): Promise<TtError | null> {
  const { machines, vms, view, toasts } = stores;
  const { vmCount: count } = draft;
  const before = new Set(vms.ofEnv(envName).map(({ id }) => id));
  const added = machines.add(envName, draft.toMachines());
  const appeared = when(() => vms.ofEnv(envName).some(({ id }) => !before.has(id)));
  const first = await Promise.race([added, appeared.then(() => null)]);
  appeared.cancel();
  if (first && !first.ok) return first.error;
  view.close();
  view.goToEnv(envName);
  void added.then((outcome) => {
    if (outcome.ok) return toasts.say(translate('machines.added', { count, env: envName }));
    if (outcome.error.code === 'OPERATION_CANCELLED') {
      const title = translate('activity.kinds.envAddVms', { env: envName });
      return toasts.say(translate('activity.cancelled', { title }), { tone: 'info' });
    }
    return toasts.fail(translate('machines.addFailed', { env: envName }), toErrorRecord(outcome.error), {
      label: translate('newEnv.change'),
      run: () => view.open({ kind: 'addMachines', envName, draft }),
    });
  });
  return null;
}
