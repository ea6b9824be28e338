// Gives a component the session of a machine's serial port for as long as it is mounted, told of what happens to the machine.
import { useEffect, useMemo } from 'react';
import { useFollowedVm } from '../consoles/use-console-session.ts';
import { formatFor } from '../i18n/format.ts';
import { translate } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { type TextConsoleEvent, TextConsoleSession } from './text-console-session.ts';

export function useTextConsole(vmId: string): TextConsoleSession {
  const { bridge, settings, snapshots } = useStores();
  const session = useMemo(
    () =>
      new TextConsoleSession({
        vmId,
        openTicket: async (id) => (await bridge.client.console.open({ vmId: id, kind: 'serial' })).ticket,
        openPacedStream: (ticket) => bridge.openPacedStream(ticket),
        say: (event) => wordsOf(event, formatFor(settings.language, translate).time(event.at)),
      }),
    [bridge, settings, vmId],
  );
  useFollowedVm(session);
  useEffect(
    () => snapshots.onReverted((id, snapshot, at) => id === vmId && session.reverted(snapshot, at)),
    [snapshots, session, vmId],
  );
  return session;
}

function wordsOf(event: TextConsoleEvent, time: string): string {
  switch (event.kind) {
    case 'reverted':
      return translate('textConsoles.reverted', { snapshot: event.snapshot, time });
    case 'startedAgain':
      return translate('textConsoles.startedAgain', { time });
    case 'reconnected':
      return translate('textConsoles.reconnected', { time });
  }
}
