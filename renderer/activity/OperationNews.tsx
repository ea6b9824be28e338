// Says for the ear that what was begun here is done: the eye sees a state change, or a line go. What failed or was cancelled is a message.
import { observer } from 'mobx-react-lite';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { operationWords } from './operation-words.ts';

export const OperationNews = observer(function OperationNews() {
  const { lastDone } = useStores().operations;
  // Drawn again in another language.
  useWords();
  return (
    <div className="visually-hidden" aria-live="polite" data-live-announcer="true">
      {/* By its id: the same again is news again. */}
      {lastDone && <span key={lastDone.id}>{operationWords(lastDone).done}</span>}
    </div>
  );
});
