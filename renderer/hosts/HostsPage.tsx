// Hosts: capacity and use, acceleration, engines, what is still being made ready.
import type { Host } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import type { ReactNode } from 'react';
import { MeterBar } from '../components/MeterBar.tsx';
import { StateLabel } from '../components/StateLabel.tsx';
import { SetupSteps } from '../first-minute/SetupSteps.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const HostsPage = observer(function HostsPage() {
  const { hosts } = useStores();
  const t = useWords();
  return (
    <section className="page" aria-label={t('hosts.title')}>
      <h1 className="page-title">{t('hosts.title')}</h1>
      {hosts.all.map((host) => (
        <HostPanel key={host.id} host={host} />
      ))}
      {!hosts.isSetUp && <SetupSteps />}
    </section>
  );
});

const HostPanel = observer(function HostPanel({ host }: { host: Host }) {
  const t = useWords();
  const format = useFormat();
  const { memory, disk, cpu, acceleration } = host;
  return (
    <article className="panel host" aria-label={host.name}>
      <header className="host-head">
        <h2 className="mono">{host.name}</h2>
        <span className="muted">{t('hosts.machines', { count: host.runningVms })}</span>
      </header>
      <div className="host-bars">
        <Use name={t('hosts.cpu')} used={cpu.used} total={cpu.total} format={format.number} />
        <Use name={t('hosts.memory')} used={memory.usedMiB} total={memory.totalMiB} format={format.mebibytes} />
        <Use name={t('hosts.disk')} used={disk.usedMiB} total={disk.totalMiB} format={format.mebibytes}>
          {t('hosts.freeOnDisk', { free: format.mebibytes(disk.freeMiB) })}
        </Use>
      </div>
      <dl className="facts">
        <dt>{t('hosts.acceleration')}</dt>
        <dd>
          {acceleration === null && t('hosts.probing')}
          {acceleration?.kind === 'kvm' && <StateLabel mark="running" word={t('hosts.kvm')} />}
          {acceleration?.kind === 'tcg' && t('hosts.tcg')}
          {acceleration && acceleration.reason !== '' && <span className="muted"> {acceleration.reason}</span>}
        </dd>
        <dt>{t('hosts.engines')}</dt>
        <dd>
          {host.engines.map(({ name, features, problem }) => (
            <div key={name}>
              <StateLabel mark={problem === null ? 'running' : 'failed'} word={name} />{' '}
              <span className="muted">{problem ?? features.join(', ')}</span>
            </div>
          ))}
        </dd>
        <dt>{t('hosts.storage')}</dt>
        <dd className="mono">{host.storage}</dd>
        <dt>{t('hosts.features')}</dt>
        <dd>{host.features.join(', ') || t('common.none')}</dd>
        <dt>{t('hosts.version')}</dt>
        <dd className="mono">{host.version}</dd>
        <dt>{t('hosts.since')}</dt>
        <dd className="number">{format.dateTime(host.startedAt)}</dd>
      </dl>
    </article>
  );
});

interface UseProps {
  name: string;
  used: number;
  total: number;
  format: (value: number) => string;
  children?: ReactNode;
}

function Use({ name, used, total, format, children }: UseProps) {
  const t = useWords();
  const words = t('hosts.of', { used: format(used), total: format(total) });
  return (
    <div className="host-use">
      <div className="what-if-words">
        <span>{name}</span>
        <span className="number muted">{words}</span>
      </div>
      <MeterBar label={`${name}: ${words}`} used={used} total={total} />
      <span className="muted small">{children ?? t('hosts.promised')}</span>
    </div>
  );
}
