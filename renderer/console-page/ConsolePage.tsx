// The page of one machine's console, with a tab for each way to look at it. A tab of text that was opened stays connected while
// another is shown, so that nothing of what is printed is missed; the screen has its picture again at once.
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { type PressEvent, Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import '../consoles/consoles.css';
import { popOut } from '../consoles/pop-out.ts';
import { ScreenConsole } from '../consoles/ScreenConsole.tsx';
import { useConsoleOf } from '../consoles/use-console-of.ts';
import { useImmersive } from '../consoles/use-immersive.ts';
import { type Translate, useWords } from '../i18n/index.ts';
import { type ConsoleTab, consoleTabs } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';
import { RecordButton } from '../recordings/RecordButton.tsx';
import { SerialConsole } from '../text-consoles/SerialConsole.tsx';
import { ShellConsole } from '../text-consoles/ShellConsole.tsx';
import { ShellUserDialog } from '../text-consoles/ShellUserDialog.tsx';
import { useConsoleTabKeys } from './use-console-tab-keys.ts';
import { type ShellTab, useShellTabs } from './use-shell-tabs.ts';

/** What an engine must be able to do for each tab; null: that depends on the guest, which the tab tells. */
const features = { screen: 'vnc', serial: 'serial', shell: null } as const satisfies Record<ConsoleTab, string | null>;

/** A tab as it is shown: of shells there may be several. */
interface ShownTab {
  id: string;
  tab: ConsoleTab;
  shell: ShellTab | null;
}

export interface ConsolePageProps {
  vmId: string;
  /** The tab that the address says; null: the one that was shown last. */
  asked: ConsoleTab | null;
  /** It has a window of its own. */
  isAlone?: boolean;
}

export const ConsolePage = observer(function ConsolePage({ vmId, asked, isAlone = false }: ConsolePageProps) {
  const stores = useStores();
  const { settings, vms, view } = stores;
  const t = useWords();
  const frame = useImmersive();
  const known = vms.get(vmId);
  const can = (one: ConsoleTab) => features[one] === null || !known || known.features.includes(features[one]);
  const tabs = consoleTabs.filter(can);
  const wanted = asked ?? settings.consoleTabOf(vmId);
  const tab = tabs.includes(wanted) ? wanted : (tabs[0] ?? 'screen');
  const [wasSerial, setWasSerial] = useState(false);
  if (tab === 'serial' && !wasSerial) setWasSerial(true);
  const [wasShell, setWasShell] = useState(false);
  if (tab === 'shell' && !wasShell) setWasShell(true);
  const shells = useShellTabs();
  const [asksForUser, setAsksForUser] = useState(false);
  const shownTabs = tabs.flatMap((one): ShownTab[] =>
    one === 'shell'
      ? shells.all.map((shell) => ({ id: shellId(shell.number), tab: one, shell }))
      : [{ id: one, tab: one, shell: null }],
  );

  const [turn, setTurn] = useState(0);
  const { immersive } = frame;
  const addressEnv = view.route.page === 'console' ? view.route.envName : null;
  const of = useConsoleOf(vmId, addressEnv, {
    ...frame,
    turn,
    onBack: isAlone ? null : () => (envName === null ? view.go({ page: 'consoles' }) : view.goToEnv(envName)),
    onPopOut: isAlone || addressEnv === null ? null : () => void popOut(stores, { envName: addressEnv, vmId, tab }),
  });
  const { vm, envName } = of;
  const choose = (next: ConsoleTab) => {
    settings.rememberConsoleTab(vmId, next);
    if (envName === null) return;
    view.go({ page: 'console', envName, vmId, tab: next, ...(isAlone && { alone: true as const }) });
  };
  const show = (next: ShownTab) => {
    if (next.shell) shells.show(next.shell.number);
    choose(next.tab);
  };
  useConsoleTabKeys(shownTabs, show);
  const turnTo = ({ pointerType }: PressEvent) => {
    // Who comes by key goes on along the tabs.
    if (pointerType === 'keyboard' || pointerType === 'virtual') return;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    setTurn(turn + 1);
  };
  return (
    <section className="console-page" aria-label={t('consoles.pageOf', { vm })} data-immersive={immersive || undefined}>
      <Tabs
        className="console-tabs"
        selectedKey={tab === 'shell' ? shellId(shells.shown) : tab}
        onSelectionChange={(key) => {
          const next = shownTabs.find(({ id }) => id === key);
          if (next) show(next);
        }}
      >
        <TabList aria-label={t('textConsoles.tabsOf', { vm })} className="tab-list">
          {shownTabs.map((one) => (
            <Tab key={one.id} id={one.id} className="tab" onPress={turnTo}>
              {labelOf(one, t)}
            </Tab>
          ))}
        </TabList>
        <TabPanel id="screen" className="console-panel">
          <ScreenConsole of={of} renderRecord={(isConnected) => <RecordButton of={of} isConnected={isConnected} />} />
        </TabPanel>
        <TabPanel id="serial" className="console-panel" shouldForceMount={wasSerial}>
          <SerialConsole of={of} isShown={tab === 'serial'} />
        </TabPanel>
        {shells.all.map(({ number, user }) => (
          <TabPanel key={number} id={shellId(number)} className="console-panel" shouldForceMount={wasShell}>
            <ShellConsole
              of={of}
              isShown={tab === 'shell' && shells.shown === number}
              user={user}
              whyNoOther={firstReason({ full: shells.isFull, linkDown: !stores.link.up })}
              onAnother={() => shells.open(null)}
              onAnotherAs={() => setAsksForUser(true)}
              onClose={shells.all.length > 1 ? () => shells.close(number) : null}
            />
          </TabPanel>
        ))}
      </Tabs>
      {asksForUser && (
        <ShellUserDialog vm={vm} onOpen={(user) => shells.open(user)} onClose={() => setAsksForUser(false)} />
      )}
    </section>
  );
});

function shellId(number: number): string {
  return `shell-${number}`;
}

function labelOf({ tab, shell }: ShownTab, t: Translate): string {
  if (!shell) return t(`textConsoles.tabs.${tab}`);
  const { number, user } = shell;
  const name = number === 1 ? t('textConsoles.tabs.shell') : t('textConsoles.shell.numbered', { number });
  return user === null ? name : t('textConsoles.shell.ofUser', { shell: name, user });
}
