// One ENV: header with its verbs, and tabs, which follow a frame later. The header is also a thing to drag to the shelf, and a target for snapshots.
import { observer } from 'mobx-react-lite';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { OperationLines } from '../activity/OperationLines.tsx';
import { NextFrame } from '../components/NextFrame.tsx';
import { useWords } from '../i18n/index.ts';
import { EnvRun } from '../runs/EnvRun.tsx';
import { type EnvTab, envTabs } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';
import { EnvEvents } from './EnvEvents.tsx';
import { EnvGone } from './EnvGone.tsx';
import { EnvHeader } from './EnvHeader.tsx';
import { EnvSettings } from './EnvSettings.tsx';
import { EnvTimeline } from './EnvTimeline.tsx';
import { EnvYamlTab } from './EnvYamlTab.tsx';
import { Machines } from './Machines.tsx';
import { NetworkWarnings } from './NetworkWarnings.tsx';
import { NotesPanel } from './NotesPanel.tsx';
import { TagsEditor } from './TagsEditor.tsx';

export const EnvPage = observer(function EnvPage({ envName, tab }: { envName: string; tab: EnvTab }) {
  const { envs, view, link } = useStores();
  const t = useWords();
  const env = envs.get(envName);
  if (!env) return link.state === 'connecting' ? null : <EnvGone envName={envName} />;
  return (
    <section className="page env-page" aria-label={envName}>
      <EnvHeader env={env} />
      <NetworkWarnings env={env} />
      <div className="env-about" key={envName}>
        <TagsEditor env={env} />
        <NotesPanel env={env} />
        {/* Its place is kept while nothing runs: what comes and goes there moves nothing. */}
        <div className="env-operations">
          <EnvOperations envName={envName} />
        </div>
      </div>
      <NextFrame key={envName}>
        <Tabs
          className="tabs"
          selectedKey={tab}
          onSelectionChange={(key) => view.goToEnv(envName, envTabs.find((known) => known === key) ?? 'machines')}
        >
          <TabList aria-label={envName} className="tab-list">
            {envTabs.map((id) => (
              <Tab key={id} id={id} className="tab">
                {t(`envs.tabs.${id}`)}
              </Tab>
            ))}
          </TabList>
          <TabPanel id="machines" className="tab-panel">
            <Machines key={envName} env={env} />
          </TabPanel>
          <TabPanel id="run" className="tab-panel">
            <EnvRun key={envName} env={env} />
          </TabPanel>
          <TabPanel id="timeline" className="tab-panel">
            <EnvTimeline env={env} />
          </TabPanel>
          <TabPanel id="settings" className="tab-panel">
            <EnvSettings key={envName} env={env} />
          </TabPanel>
          <TabPanel id="yaml" className="tab-panel">
            <EnvYamlTab key={envName} env={env} />
          </TabPanel>
          <TabPanel id="events" className="tab-panel">
            <EnvEvents env={env} />
          </TabPanel>
        </Tabs>
      </NextFrame>
    </section>
  );
});

/** Alone, so that what begins and ends does not draw the whole page. */
const EnvOperations = observer(function EnvOperations({ envName }: { envName: string }) {
  return <OperationLines operations={useStores().operations.shownFor({ envName })} />;
});
