// The name of the machine above its screen, as a thing to hold: dropped on the shelf it is snapshotted. The handle is the keyboard's way.
import type { Vm } from '@tt/protocol';
import { GripVertical } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button as AriaButton } from 'react-aria-components';
import { useReason } from '../components/use-reason.tsx';
import { WithTooltip } from '../components/WithTooltip.tsx';
import { useWords } from '../i18n/index.ts';
import { holdVm } from '../snapshots/drag-grammar.ts';
import { useGrammarSource } from '../snapshots/use-grammar.tsx';
import { shortVmName } from '../state/vm-name.ts';
import { useStores } from '../state/stores-context.ts';

export const ConsoleTitle = observer(function ConsoleTitle({ vm }: { vm: Vm }) {
  const { link, rights } = useStores();
  const t = useWords();
  const whyNot = rights.whyNot('snapshot.create') ?? link.whyNot;
  const reason = useReason(whyNot);
  const { dragProps, dragButtonProps } = useGrammarSource(holdVm(vm));
  const name = shortVmName(vm.name);
  return (
    <div {...(whyNot === null ? dragProps : {})} className="console-name">
      <h1 className="console-title">{name}</h1>
      <WithTooltip text="" reason={reason.text ?? ''} isSilent={whyNot === null}>
        <AriaButton
          {...(whyNot === null ? dragButtonProps : {})}
          {...reason.props}
          className="grip"
          aria-label={t('common.drag', { name })}
        >
          <GripVertical aria-hidden className="icon" />
          {reason.description}
        </AriaButton>
      </WithTooltip>
    </div>
  );
});
