// Why connecting failed, in words with a code: of the connection that is shown, or of the server that was to be added.
import { type ErrorRecord, toErrorRecord, type TtError } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { fingerprintIn } from '../connections/new-server.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

interface ConnectionFailureProps {
  /** Of adding a server; null: none was added, or it went well. */
  error: TtError | null;
  /** The user has compared the fingerprint of a server that nobody here knew, and trusts it. */
  onTrust: (fingerprint: string) => void;
}

export const ConnectionFailure = observer(function ConnectionFailure({ error, onTrust }: ConnectionFailureProps) {
  const { connections } = useStores();
  const t = useWords();
  const link = connections?.shown?.link;
  const ofShown: ErrorRecord | null = link?.kind === 'lost' || link?.kind === 'refused' ? link.failure : null;
  const failure = error ? toErrorRecord(error) : ofShown;
  const fingerprint = error && fingerprintIn(error);
  if (!failure) return null;
  return (
    <>
      <ErrorNotice error={failure} />
      {fingerprint !== null && (
        <Button isBusy={connections?.isBusy ?? false} onPress={() => onTrust(fingerprint)}>
          {t('onboarding.trust')}
        </Button>
      )}
    </>
  );
});
