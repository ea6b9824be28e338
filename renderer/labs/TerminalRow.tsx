// One terminal: its assigned profile, how it is identified, whether it has a session; a link to its page.
import type { Lab, LabSession, Terminal } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { CopyChip } from '../components/CopyChip.tsx';
import { MenuButton, toMenu } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import type { RowPlace } from '../components/lists/Rows.tsx';
import { terminalPage } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';
import { terminalActions } from './actions.ts';

export interface TerminalRowProps {
  lab: Lab;
  terminal: Terminal;
  session: LabSession | null;
  place: RowPlace;
}

export const TerminalRow = observer(function TerminalRow({ lab, terminal, session, place }: TerminalRowProps) {
  const stores = useStores();
  const t = useWords();
  const { name, address, hasSecret, profileName } = terminal;
  const known = [
    hasSecret && t('labs.bySecret'),
    typeof address === 'string' && t('labs.byAddress', { address }),
  ].filter((fact) => typeof fact === 'string');
  const about = [profileName ?? t('labs.userChooses'), ...known];
  const can = terminalActions(stores, lab, terminal, t);
  return (
    <li className="rows-item lab-row" {...place}>
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
      <MenuButton label={t('labs.moreOf', { name })} entries={toMenu([[can.startSession, can.edit], [can.delete]])} />
    </li>
  );
});
