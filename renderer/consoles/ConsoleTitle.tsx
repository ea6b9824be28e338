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
  const { link } = useStores();
  const t = useWords();
  const reason = useReason(link.whyNot);
  const { dragProps, dragButtonProps } = useGrammarSource(holdVm(vm));
  const name = shortVmName(vm.name);
  return (
    <div {...(link.up ? dragProps : {})} className="console-name">
      <h1 className="console-title">{name}</h1>
      <WithTooltip text="" reason={reason.text ?? ''} isSilent={link.up}>
        <AriaButton
          {...(link.up ? dragButtonProps : {})}
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
