// Why connecting failed, in words with a code; from the main process's state or from the call itself.
import { toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

interface ConnectionFailureProps {
  /** The user has compared the fingerprint of a server that nobody here knew, and trusts it. Absent: it can't be asked here. */
  onTrust?: (fingerprint: string) => void;
}

export const ConnectionFailure = observer(function ConnectionFailure({ onTrust }: ConnectionFailureProps) {
  const { session } = useStores();
  const t = useWords();
  const { connection, error } = session;
  if (connection.kind === 'failed') {
    // Its words are already filled in by the main process, so they stand as they are.
    const { code, message, fix, fingerprint } = connection;
    return (
      <>
        <ErrorNotice error={{ code: `DESKTOP.${code}`, message, fix, data: {} }} />
        {fingerprint !== null && onTrust && (
          <Button isBusy={session.busy} onPress={() => onTrust(fingerprint)}>
            {t('onboarding.trust')}
          </Button>
        )}
      </>
    );
  }
  return error ? <ErrorNotice error={toErrorRecord(error)} /> : null;
});
