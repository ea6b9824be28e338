// Administration: what needs attention on the server and how to fix it, its storage, networks, people, background tasks, log,
// certificate and version. For administrators; the server refuses everybody else too.
import { ShieldAlert } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { EmptyState } from '../components/EmptyState.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { useWords } from '../i18n/index.ts';
import { PeoplePanel } from '../people/PeoplePanel.tsx';
import { TokensPanel } from '../people/TokensPanel.tsx';
import { SessionsPanel } from '../settings/SessionsPanel.tsx';
import { type AdministrationTab, administrationTabs } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';
import { LogTab } from './LogTab.tsx';
import { NetworksTab } from './NetworksTab.tsx';
import { OverviewTab } from './OverviewTab.tsx';
import { StorageTab } from './StorageTab.tsx';
import { TasksTab } from './TasksTab.tsx';
import { VersionTab } from './VersionTab.tsx';
import './administration.css';

const contents: Readonly<Record<AdministrationTab, ReactNode>> = {
  overview: <OverviewTab />,
  storage: <StorageTab />,
  networks: <NetworksTab />,
  people: (
    <div className="settings-column">
      <PeoplePanel />
    </div>
  ),
  access: (
    <div className="settings-column">
      <SessionsPanel />
      <TokensPanel />
    </div>
  ),
  tasks: <TasksTab />,
  log: <LogTab />,
  version: <VersionTab />,
};

export const AdministrationPage = observer(function AdministrationPage({ tab }: { tab: AdministrationTab }) {
  const { me, view } = useStores();
  const t = useWords();
  if (me.me === null) return <Spinner />;
  if (!me.isAdmin) {
    return (
      <section className="page" aria-label={t('administration.title')}>
        <EmptyState icon={ShieldAlert} title={t('administration.refused')} isPage>
          <p className="muted">{t('administration.refusedText')}</p>
        </EmptyState>
      </section>
    );
  }
  return (
    <section className="page" aria-label={t('administration.title')}>
      <h1 className="page-title">{t('administration.title')}</h1>
      <Tabs
        className="tabs administration"
        selectedKey={tab}
        onSelectionChange={(key) => {
          const chosen = administrationTabs.find((known) => known === key) ?? 'overview';
          view.go({ page: 'administration', tab: chosen });
        }}
      >
        <TabList aria-label={t('administration.title')} className="tab-list">
          {administrationTabs.map((id) => (
            <Tab key={id} id={id} className="tab">
              {t(`administration.tabs.${id}`)}
            </Tab>
          ))}
        </TabList>
        {administrationTabs.map((id) => (
          <TabPanel key={id} id={id} className="tab-panel">
            {contents[id]}
          </TabPanel>
        ))}
      </Tabs>
    </section>
  );
});
