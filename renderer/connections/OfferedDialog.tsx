// A link from outside: shown with the server it is for, and nothing is done until the user says so; or what is wrong with it.
import { observer } from 'mobx-react-lite';
import type { ConnectionsView } from '../bridge.ts';
import { Dialog } from '../components/Dialog.tsx';
import { CloseFoot } from '../components/DialogFoot.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useWords } from '../i18n/index.ts';
import { AddForm } from './AddConnectionDialog.tsx';
import type { ConnectionStore } from './connection-store.ts';

/** What somebody compares theirs with; `&ca=` and the fingerprint follow where the server has an authority of its own. */
const GOOD_LINK = 'tt://join/HOST:PORT#join=CODE';

export interface OfferedDialogProps {
  connections: ConnectionStore;
  offered: NonNullable<ConnectionsView['offered']>;
}

export const OfferedDialog = observer(function OfferedDialog({ connections, offered }: OfferedDialogProps) {
  const t = useWords();
  const dismiss = () => void connections.dismiss();
  if ('address' in offered) {
    const { address } = offered;
    return <AddForm key={address} connections={connections} renewed={null} offered={address} onClose={dismiss} />;
  }
  return (
    <Dialog title={t('connections.badLinkTitle')} onClose={dismiss} foot={<CloseFoot onClose={dismiss} />}>
      <ErrorNotice error={offered.failure} />
      <p>
        {t('connections.goodLink')} <code>{GOOD_LINK}</code>
      </p>
    </Dialog>
  );
});
