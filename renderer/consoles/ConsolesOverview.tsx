// All consoles at a glance: every machine that has a screen, by ENV, with its latest picture.
import { Monitor } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useEffect } from 'react';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../i18n/index.ts';
import { formatRoute } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import './consoles.css';

export const ConsolesOverview = observer(function ConsolesOverview() {
  const { envs, vms } = useStores();
  const t = useWords();
  const groups = envs.items.all
    .map(({ name, title }) => ({
      envName: name,
      title: title || name,
      vmIds: vms
        .ofEnv(name)
        .filter(({ features }) => features.includes('vnc'))
        .map(({ id }) => id),
    }))
    .filter(({ vmIds }) => vmIds.length > 0);
  return (
    <section className="consoles-overview" aria-labelledby="consoles-title">
      <h1 id="consoles-title">{t('consoles.title')}</h1>
      {groups.length === 0 ? (
        <EmptyState icon={Monitor} title={t('consoles.empty')}>
          <p>{t('consoles.emptyHint')}</p>
        </EmptyState>
      ) : (
        <p className="consoles-lead">{t('consoles.overviewLead')}</p>
      )}
      {groups.map(({ envName, title, vmIds }) => (
        <section key={envName} aria-label={title}>
          <h2>{title}</h2>
          <ul className="console-tiles">
            {vmIds.map((vmId) => (
              <li key={vmId}>
                <ConsoleTile vmId={vmId} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
});

const ConsoleTile = observer(function ConsoleTile({ vmId }: { vmId: string }) {
  const { thumbnails, vms } = useStores();
  const t = useWords();
  useEffect(() => thumbnails.watch(vmId), [thumbnails, vmId]);
  const known = vms.get(vmId);
  if (!known) return null;
  const vm = shortVmName(known.name);
  const picture = known.state === 'running' || known.state === 'paused' ? thumbnails.of(vmId) : undefined;
  return (
    <a className="console-tile" href={formatRoute({ page: 'console', envName: known.envName, vmId })}>
      <span className="console-tile-screen">
        {picture ? <img src={picture.url} alt="" /> : <Monitor aria-hidden className="console-picture" />}
      </span>
      <span className="console-tile-foot">
        <span className="console-tile-name">{vm}</span>
        <span className="console-tile-state">{t(`common.states.${known.state}`)}</span>
      </span>
    </a>
  );
});
