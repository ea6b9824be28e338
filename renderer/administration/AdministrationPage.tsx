// Administration: what needs attention on the server and how to fix it, its storage, networks, people, background tasks, log,
// certificate and version. For administrators; the server refuses everybody else too.
import { ShieldAlert } from 'lucide-react';
import { observer } from 'mobx-react-lite';
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
        <TabPanel id="overview" className="tab-panel">
          <OverviewTab />
        </TabPanel>
        <TabPanel id="storage" className="tab-panel">
          <StorageTab />
        </TabPanel>
        <TabPanel id="networks" className="tab-panel">
          <NetworksTab />
        </TabPanel>
        <TabPanel id="people" className="tab-panel">
          <div className="settings">
            <PeoplePanel />
          </div>
        </TabPanel>
        <TabPanel id="access" className="tab-panel">
          <div className="settings">
            <SessionsPanel />
            <TokensPanel />
          </div>
        </TabPanel>
        <TabPanel id="tasks" className="tab-panel">
          <TasksTab />
        </TabPanel>
        <TabPanel id="log" className="tab-panel">
          <LogTab />
        </TabPanel>
        <TabPanel id="version" className="tab-panel">
          <VersionTab />
        </TabPanel>
      </Tabs>
    </section>
  );
});
