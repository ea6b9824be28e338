// Activity: everything that runs and what ended within the last hour; and the history of who did what, which is kept for months.
import { Activity } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../i18n/index.ts';
import { type ActivityTab, activityTabs } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';
import { History } from './History.tsx';
import { OperationRows } from './OperationRows.tsx';
import './activity.css';

export const ActivityPage = observer(function ActivityPage({ tab }: { tab: ActivityTab }) {
  const { view, history } = useStores();
  const t = useWords();
  return (
    <section className="page" aria-label={t('activity.title')}>
      <h1 className="page-title">{t('activity.title')}</h1>
      <Tabs
        className="tabs activity-tabs"
        selectedKey={tab}
        onSelectionChange={(key) => {
          const chosen = activityTabs.find((known) => known === key) ?? 'operations';
          view.go({ page: 'activity', tab: chosen });
        }}
      >
        <TabList aria-label={t('activity.title')} className="tab-list">
          {activityTabs.map((id) => (
            <Tab key={id} id={id} className="tab">
              {t(`activity.tabs.${id}`)}
            </Tab>
          ))}
        </TabList>
        <TabPanel id="operations" className="tab-panel">
          <Operations />
        </TabPanel>
        <TabPanel id="history" className="tab-panel">
          <History history={history} />
        </TabPanel>
      </Tabs>
    </section>
  );
});

const Operations = observer(function Operations() {
  const { operations, view } = useStores();
  const t = useWords();
  const { recent } = operations;
  const running = recent.filter(({ state }) => state === 'running');
  const ended = recent.filter(({ state }) => state !== 'running');
  return (
    <>
      {recent.length === 0 && (
        <EmptyState icon={Activity} title={t('activity.empty')}>
          <p className="muted">{t('activity.emptyText')}</p>
          <Button onPress={() => view.go({ page: 'activity', tab: 'history' })}>{t('activity.earlier')}</Button>
        </EmptyState>
      )}
      {running.length > 0 && (
        <>
          <h2 className="page-subtitle">{t('activity.running')}</h2>
          <OperationRows label={t('activity.running')} operations={running} />
        </>
      )}
      {ended.length > 0 && (
        <>
          <h2 className="page-subtitle">{t('activity.ended')}</h2>
          <OperationRows label={t('activity.ended')} operations={ended} />
        </>
      )}
      {recent.length > 0 && (
        <Button kind="quiet" onPress={() => view.go({ page: 'activity', tab: 'history' })}>
          {t('activity.earlier')}
        </Button>
      )}
    </>
  );
});
