// One running operation in a line: what, which step, how far, and Cancel while that is possible.
import { type Operation, progressText, stepText } from '@tt/protocol';
import { X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Group } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Progress } from '../components/Progress.tsx';
import { StateMark } from '../components/StateMark.tsx';
import { termsOf } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { operationWords } from './operation-words.ts';
import { useStores } from '../state/stores-context.ts';
import { useLastKnown } from '../state/use-last-known.ts';

export interface OperationLineProps {
  operation: Operation;
  /** Where there is little room, on the thing it is about: only what it does now. */
  brief?: boolean;
}

export const OperationLine = observer(function OperationLine({ operation, brief = false }: OperationLineProps) {
  const { operations, link, rights } = useStores();
  const t = useWords();
  const language = useLanguage();
  const { title } = operationWords(operation);
  const cancelling = operations.cancelling.has(operation.id);
  const now = operation.step ? stepText(operation.step, termsOf(language)) : t('activity.starting');
  const lastKnown = useLastKnown();
  const step = lastKnown ?? (cancelling ? t('activity.cancelling') : now);
  return (
    <Group
      className="operation"
      aria-label={title}
      data-brief={brief || undefined}
      data-last-known={lastKnown !== null || undefined}
    >
      <StateMark mark={lastKnown === null ? 'working' : 'unknown'} />
      {!brief && <span className="operation-title ellipsis">{title}</span>}
      <span className="operation-step muted ellipsis">{step}</span>
      <span className="operation-far muted number">{progressText(operation)}</span>
      {/* Where nobody knew how far it was, a bar that moves would say that it goes on. */}
      <Progress label={title} value={operation.progress ?? (lastKnown === null ? null : { done: 0, total: 1 })} />
      {operation.cancellable && (
        <Button
          size="small"
          kind="quiet"
          icon={X}
          label={t('activity.cancelOf', { title })}
          whyNot={rights.whyNot('operation.cancel') ?? firstReason({ busy: cancelling, linkDown: !link.up })}
          onPress={() => void operations.cancel(operation.id)}
        />
      )}
    </Group>
  );
});
