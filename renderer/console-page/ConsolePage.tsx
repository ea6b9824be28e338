// The page of one machine's console, with a tab for each way to look at it. A tab of text that was opened stays connected while
// another is shown, so that nothing of what is printed is missed; the screen has its picture again at once.
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { ConsoleOf } from '../consoles/console-of.ts';
import '../consoles/consoles.css';
import { ScreenConsole } from '../consoles/ScreenConsole.tsx';
import { useImmersive } from '../consoles/use-immersive.ts';
import { useWords } from '../i18n/index.ts';
import { vmActions } from '../machines/actions.ts';
import { canStart } from '../machines/vm-store.ts';
import { type ConsoleTab, consoleTabs } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { TextConsole } from '../text-consoles/TextConsole.tsx';
import { useConsoleTabKeys } from './use-console-tab-keys.ts';

/** What an engine must be able to do for each tab. */
const features = { screen: 'vnc', serial: 'serial' } as const satisfies Record<ConsoleTab, string>;

export interface ConsolePageProps {
  vmId: string;
  /** The tab that the address says; null: the one that was shown last. */
  asked: ConsoleTab | null;
}

export const ConsolePage = observer(function ConsolePage({ vmId, asked }: ConsolePageProps) {
  const stores = useStores();
  const { settings, vms, view } = stores;
  const t = useWords();
  const { immersive, toggle } = useImmersive();
  const known = vms.get(vmId);
  const tabs = known ? consoleTabs.filter((tab) => known.features.includes(features[tab])) : consoleTabs;
  const wanted = asked ?? settings.consoleTabOf(vmId);
  const tab = tabs.includes(wanted) ? wanted : (tabs[0] ?? 'screen');
  const [wasSerial, setWasSerial] = useState(false);
  if (tab === 'serial' && !wasSerial) setWasSerial(true);

  const vm = known ? shortVmName(known.name) : vmId;
  const envName = known?.envName ?? (view.route.page === 'console' ? view.route.envName : null);
  const choose = (next: ConsoleTab) => {
    settings.rememberConsoleTab(vmId, next);
    if (envName !== null) view.go({ page: 'console', envName, vmId, tab: next });
  };
  useConsoleTabKeys(tabs, choose);
  const of: ConsoleOf = {
    vmId,
    vm,
    known,
    envName,
    start: known && canStart(known.state) ? vmActions(stores, known, t).start : null,
    immersive,
    onBack: () => (envName === null ? view.go({ page: 'consoles' }) : view.goToEnv(envName)),
    onImmersive: toggle,
  };
  return (
    <section className="console-page" aria-label={t('consoles.pageOf', { vm })} data-immersive={immersive || undefined}>
      <Tabs
        className="console-tabs"
        selectedKey={tab}
        onSelectionChange={(key) => choose(tabs.find((one) => one === key) ?? tab)}
      >
        <TabList aria-label={t('textConsoles.tabsOf', { vm })} className="tab-list">
          {tabs.map((id) => (
            <Tab key={id} id={id} className="tab">
              {t(`textConsoles.tabs.${id}`)}
            </Tab>
          ))}
        </TabList>
        <TabPanel id="screen" className="console-panel">
          <ScreenConsole of={of} />
        </TabPanel>
        <TabPanel id="serial" className="console-panel" shouldForceMount={wasSerial}>
          <TextConsole of={of} isShown={tab === 'serial'} />
        </TabPanel>
      </Tabs>
    </section>
  );
});
