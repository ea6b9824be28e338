// Gives a component the session of a machine's serial port, or of a shell in its guest, for as long as it is mounted, told of what happens
// to the machine.
import type { TerminalSize } from '@tt/protocol';
import { useEffect, useMemo } from 'react';
import { useFollowedVm } from '../consoles/use-console-session.ts';
import { errorWords } from '../i18n/error-words.ts';
import { formatFor } from '../i18n/format.ts';
import { translate } from '../i18n/index.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import { useStores } from '../state/stores-context.ts';
import { ShellSession } from './shell-session.ts';
import { type TextConsoleEvent, TextConsoleSession } from './text-console-session.ts';

export function useSerialConsole(vmId: string): TextConsoleSession {
  const { bridge, settings, snapshots } = useStores();
  const session = useMemo(
    () =>
      new TextConsoleSession({
        vmId,
        openTicket: async (id) => (await bridge.client.console.open({ vmId: id, kind: 'serial' })).ticket,
        openPacedStream: (ticket) => bridge.openPacedStream(ticket),
        again: (wasOff, at) => ({ kind: wasOff ? 'startedAgain' : 'reconnected', at }),
        say: (event) => wordsOf(event, settings),
      }),
    [bridge, settings, vmId],
  );
  useFollowedVm(session);
  useEffect(
    () =>
      snapshots.onReverted((id, snapshot, at) => {
        if (id === vmId) session.tell({ kind: 'reverted', snapshot, at });
      }),
    [snapshots, session, vmId],
  );
  return session;
}

/** `user`: in the guest; null: the one that a shell has by default. */
export function useShell(vmId: string, user: string | null): ShellSession {
  const { bridge, settings } = useStores();
  const session = useMemo(
    () =>
      new ShellSession({
        vmId,
        openTicket: async (id, size: TerminalSize) => {
          const wanted = { vmId: id, ...size, ...(user !== null && { user }) };
          return (await bridge.client.console.openShell(wanted)).ticket;
        },
        openPacedStream: (ticket) => bridge.openPacedStream(ticket),
        say: (event) => wordsOf(event, settings),
      }),
    [bridge, settings, vmId, user],
  );
  useFollowedVm(session);
  return session;
}

/** In the language of now. */
function wordsOf(event: TextConsoleEvent, { language }: SettingsStore): string {
  const time = formatFor(language, translate).time(event.at);
  switch (event.kind) {
    case 'reverted':
      return translate('textConsoles.reverted', { snapshot: event.snapshot, time });
    case 'startedAgain':
      return translate('textConsoles.startedAgain', { time });
    case 'reconnected':
      return translate('textConsoles.reconnected', { time });
    case 'newShell':
      return translate('textConsoles.shell.another', { time });
    case 'lostShell':
      return translate('textConsoles.shell.afterLost', { time });
    case 'ended': {
      const { exitCode, signal, failure } = event.end;
      if (failure)
        return translate('textConsoles.shell.endedFor', { why: errorWords(failure, language).message, time });
      if (signal !== null) return translate('textConsoles.shell.endedBySignal', { signal, time });
      return translate('textConsoles.shell.endedWith', { exitCode: String(exitCode), time });
    }
  }
}
