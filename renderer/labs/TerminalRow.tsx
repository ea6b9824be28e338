// One terminal: what it is assigned, how it is known, whether it has a session; its page to be opened on it.
import type { Lab, LabSession, Terminal } from '@tt/protocol';
import { Pencil, Play, Trash2 } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { CopyChip } from '../components/CopyChip.tsx';
import { type MenuEntry, MenuButton } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { terminalPage } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';

export interface TerminalRowProps {
  lab: Lab;
  terminal: Terminal;
  session: LabSession | null;
}

export const TerminalRow = observer(function TerminalRow({ lab, terminal, session }: TerminalRowProps) {
  const { labs, link, view } = useStores();
  const t = useWords();
  const { name, address, hasSecret, profileName } = terminal;
  const known = [hasSecret && t('labs.bySecret'), address !== null && t('labs.byAddress', { address })].filter(
    (fact) => typeof fact === 'string',
  );
  const about = [profileName ?? t('labs.userChooses'), ...known];
  const entries: MenuEntry[] = [
    {
      id: 'start',
      label: t('labs.startSession'),
      icon: Play,
      disabled: !link.up || session !== null,
      run: () => view.open({ kind: 'startSession', labName: lab.name, terminalName: name }),
    },
    {
      id: 'edit',
      label: t('labs.editTerminal'),
      icon: Pencil,
      disabled: !link.up,
      run: () => view.open({ kind: 'terminal', labName: lab.name, name }),
    },
    {
      id: 'delete',
      label: t('labs.deleteTerminal'),
      icon: Trash2,
      danger: true,
      disabled: !link.up,
      run: () => void labs.deleteTerminal(lab.name, name),
    },
  ];
  return (
    <li className="rows-item lab-row">
      <div className="rows-main">
        <strong className="mono">{name}</strong>
        <div className="muted">{about.join(' · ')}</div>
      </div>
      <span className="muted">{session ? t('labs.hasSession') : t('labs.hasNoSession')}</span>
      <CopyChip
        text={`${location.origin}/${terminalPage(lab.name, name)}`}
        hint={t('labs.copyPage', { terminal: name })}
        done={t('common.copied')}
      >
        {terminalPage(lab.name, name)}
      </CopyChip>
      <MenuButton label={t('labs.moreOf', { name })} entries={entries} />
    </li>
  );
});
