// One operation in a list, running or ended: what, when, how long, and why it failed.
import type { Operation } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { StateMark } from '../components/StateMark.tsx';
import { operationMarks } from '../components/marks.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { actionForError } from '../state/error-actions.ts';
import { useStores } from '../state/stores-context.ts';
import type { RowPlace } from '../components/lists/Rows.tsx';
import { operationWords } from './operation-words.ts';
import { OperationLine } from './OperationLine.tsx';

export const OperationRow = observer(function OperationRow({
  operation,
  place,
}: {
  operation: Operation;
  place: RowPlace;
}) {
  const stores = useStores();
  const t = useWords();
  const format = useFormat();
  if (operation.state === 'running') {
    return (
      <li className="rows-item" {...place}>
        <OperationLine operation={operation} />
      </li>
    );
  }
  const { state, startedAt, endedAt, error } = operation;
  const mend = error && actionForError(stores, error, t);
  return (
    <li className="rows-item" {...place}>
      <span className="number muted rows-time">{format.timeWithSeconds(startedAt)}</span>
      <StateMark mark={operationMarks[state]} />
      <div className="rows-main">
        <span>{operationWords(operation).title}</span>
        {error && <ErrorNotice error={error} actions={mend && <ActionButton size="small" action={mend} />} />}
      </div>
      <span className="muted">{t(`common.states.${state}`)}</span>
      {endedAt !== null && (
        <span className="number muted rows-took">
          {t('activity.took', { time: format.took(Date.parse(endedAt) - Date.parse(startedAt)) })}
        </span>
      )}
    </li>
  );
});
