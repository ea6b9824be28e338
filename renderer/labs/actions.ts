// Everything a person can do to a lab, its terminals and its sessions.
import type { Lab, LabSession, Terminal } from '@tt/protocol';
import { Monitor, Pencil, Play, Plus, Power, Trash2 } from 'lucide-react';
import { type Action, firstReason } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';

export type LabActionId = 'startSession' | 'edit' | 'addTerminal' | 'delete';
export type TerminalActionId = 'startSession' | 'edit' | 'delete';
export type SessionActionId = 'console' | 'end';

/** The call that each leads to; null: it only shows what is known. */
const labCalls = {
  startSession: 'lab.startSession',
  edit: 'lab.update',
  addTerminal: 'lab.setTerminal',
  delete: 'lab.delete',
} as const;
const terminalCalls = {
  startSession: 'lab.startSession',
  edit: 'lab.setTerminal',
  delete: 'lab.removeTerminal',
} as const;
const sessionCalls = { console: 'console.open', end: 'lab.stopSession' } as const;

export function labActions({ view, link, rights }: Stores, lab: Lab, t: Translate): Record<LabActionId, Action> {
  const { name: labName } = lab;
  const linkDown = !link.up;
  const online = link.whyNot;
  return rights.on(labCalls, {
    startSession: {
      id: 'startSession',
      label: t('labs.startSession'),
      icon: Play,
      whyNot: firstReason({ noProfiles: lab.profileNames.length === 0, linkDown }),
      run: () => view.open({ kind: 'startSession', labName, terminalName: null }),
    },
    edit: {
      id: 'edit',
      label: t('labs.editLab'),
      icon: Pencil,
      whyNot: online,
      run: () => view.open({ kind: 'lab', name: labName }),
    },
    addTerminal: {
      id: 'addTerminal',
      label: t('labs.addTerminal'),
      icon: Plus,
      whyNot: online,
      run: () => view.open({ kind: 'terminal', labName, name: null }),
    },
    delete: {
      id: 'delete',
      label: t('labs.deleteLab'),
      icon: Trash2,
      danger: true,
      whyNot: online,
      run: () => view.open({ kind: 'deleteLab', name: labName }),
    },
  });
}

export function terminalActions(
  { labs, view, link, rights }: Stores,
  lab: Lab,
  terminal: Terminal,
  t: Translate,
): Record<TerminalActionId, Action> {
  const { name: labName } = lab;
  const { name: terminalName } = terminal;
  const linkDown = !link.up;
  const online = link.whyNot;
  const hasSession = labs.sessionsOf(labName).some((session) => session.terminalName === terminalName);
  return rights.on(terminalCalls, {
    startSession: {
      id: 'startSession',
      label: t('labs.startSession'),
      icon: Play,
      whyNot: firstReason({ noProfiles: lab.profileNames.length === 0, hasSession, linkDown }),
      run: () => view.open({ kind: 'startSession', labName, terminalName }),
    },
    edit: {
      id: 'edit',
      label: t('labs.editTerminal'),
      icon: Pencil,
      whyNot: online,
      run: () => view.open({ kind: 'terminal', labName, name: terminalName }),
    },
    delete: {
      id: 'delete',
      label: t('labs.deleteTerminal'),
      icon: Trash2,
      danger: true,
      whyNot: online,
      run: () => void labs.deleteTerminal(labName, terminalName),
    },
  });
}

export function sessionActions(
  { view, link, rights }: Stores,
  session: LabSession,
  t: Translate,
): Record<SessionActionId, Action> {
  const { envName, vmId, labName, sessionName } = session;
  return rights.on(sessionCalls, {
    console: {
      id: 'console',
      label: t('labs.console'),
      icon: Monitor,
      whyNot: firstReason({ noMachines: vmId === null }),
      run: () => vmId !== null && view.go({ page: 'console', envName, vmId }),
    },
    end: {
      id: 'end',
      label: t('labs.endSession'),
      icon: Power,
      danger: true,
      whyNot: link.whyNot,
      run: () => labName !== null && view.open({ kind: 'endSession', labName, sessionName }),
    },
  });
}

export function newLabAction({ view, link, rights }: Stores, t: Translate): Action {
  return rights.before('lab.create', {
    id: 'newLab',
    label: t('labs.newLab'),
    icon: Plus,
    whyNot: link.whyNot,
    run: () => view.open({ kind: 'lab', name: null }),
  });
}
