// A tab with a shell in the guest. Several may be open; from each, others can be.
import { observer } from 'mobx-react-lite';
import { Plus, X } from 'lucide-react';
import type { WhyNot } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import type { ConsoleOf } from '../consoles/console-of.ts';
import { useWords } from '../i18n/index.ts';
import { TextConsole } from './TextConsole.tsx';
import { useShell } from './use-text-console.ts';

export interface ShellConsoleProps {
  of: ConsoleOf;
  isShown: boolean;
  /** In the guest; null: the one that a shell has by default. */
  user: string | null;
  /** Why no other can be opened. */
  whyNoOther: WhyNot | null;
  onAnother: () => void;
  /** Asks for the user first. */
  onAnotherAs: () => void;
  /** null for the only one. */
  onClose: (() => void) | null;
}

export const ShellConsole = observer(function ShellConsole(props: ShellConsoleProps) {
  const { of, isShown, user, whyNoOther, onAnother, onAnotherAs, onClose } = props;
  const t = useWords();
  const session = useShell(of.vmId, user);
  // Before the other, which keeps its place when this one comes: nobody closes what they mean to open.
  const closeIt = onClose && <Button kind="quiet" icon={X} label={t('textConsoles.shell.close')} onPress={onClose} />;
  return (
    <TextConsole
      of={of}
      kind="shell"
      isShown={isShown}
      session={session.text}
      phase={session.phase}
      onSize={(size) => session.setSize(size)}
      onOpenAgain={() => session.openAgain()}
      tools={
        <>
          {closeIt}
          <Button
            kind="quiet"
            icon={Plus}
            label={t('textConsoles.shell.open')}
            whyNot={whyNoOther}
            onPress={onAnother}
          />
        </>
      }
      more={[
        { id: 'shells', separator: true },
        { id: 'as', label: t('textConsoles.shell.openAs'), whyNot: whyNoOther, run: onAnotherAs },
      ]}
    />
  );
});
