// One tab of a pane: the console of a machine as on its own page, without the way back. A console of text goes on behind other tabs.
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { firstReason } from '../components/action.ts';
import { ScreenConsole } from '../consoles/ScreenConsole.tsx';
import { useConsoleOf } from '../consoles/use-console-of.ts';
import type { Immersive } from '../consoles/use-immersive.ts';
import { RecordButton } from '../recordings/RecordButton.tsx';
import { SerialConsole } from '../text-consoles/SerialConsole.tsx';
import { ShellConsole } from '../text-consoles/ShellConsole.tsx';
import type { PaneTab } from './pane-layout.ts';

const nothing = () => {};

export interface PaneConsoleProps {
  tab: PaneTab;
  isShown: boolean;
  frame: Immersive;
  onPopOut: () => void;
}

export const PaneConsole = observer(function PaneConsole({
  tab: { vmId, envName, tab },
  isShown,
  frame,
  onPopOut,
}: PaneConsoleProps) {
  const [wasShown, setWasShown] = useState(isShown);
  if (isShown && !wasShown) setWasShown(true);
  const of = useConsoleOf(vmId, envName, {
    ...frame,
    onBack: null,
    onPopOut,
  });
  if (tab === 'screen')
    return isShown ? (
      <ScreenConsole of={of} renderRecord={(isConnected) => <RecordButton of={of} isConnected={isConnected} />} />
    ) : null;
  if (!wasShown) return null;
  if (tab === 'serial') return <SerialConsole of={of} isShown={isShown} />;
  return (
    <ShellConsole
      of={of}
      isShown={isShown}
      user={null}
      // Each pane has one; others are opened on the page of the machine.
      whyNoOther={firstReason({ full: true })}
      onAnother={nothing}
      onAnotherAs={nothing}
      onClose={null}
    />
  );
});
