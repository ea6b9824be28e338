// Asks before a session of a lab ends: somebody may be sitting at it, and what it wrote is discarded.
import { AskBeforeDelete } from '../forms/AskBeforeDelete.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export function EndSessionDialog({ labName, sessionName }: { labName: string; sessionName: string }) {
  const { labs } = useStores();
  const t = useWords();
  return (
    <AskBeforeDelete
      title={t('labs.endSessionTitle', { session: sessionName })}
      text={t('labs.endSessionText')}
      verb={t('labs.endSession')}
      run={() => void labs.stopSession(labName, sessionName)}
    />
  );
}
