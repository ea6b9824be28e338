// The tab with what a guest prints on its serial port.
import { observer } from 'mobx-react-lite';
import type { ConsoleOf } from '../consoles/console-of.ts';
import { TextConsole } from './TextConsole.tsx';
import { useSerialConsole } from './use-text-console.ts';

export interface SerialConsoleProps {
  of: ConsoleOf;
  isShown: boolean;
}

export const SerialConsole = observer(function SerialConsole({ of, isShown }: SerialConsoleProps) {
  const session = useSerialConsole(of.vmId);
  return <TextConsole of={of} kind="serial" isShown={isShown} session={session} phase={session.console.phase} />;
});
