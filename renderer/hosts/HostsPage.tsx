// Hosts: capacity, allocation and measured use, features, what is still being prepared; and the current user.
import type { Host } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { StartupSteps } from '../onboarding/StartupSteps.tsx';
import { useStores } from '../state/stores-context.ts';
import { HostFacts } from './HostFacts.tsx';
import { HostUse } from './HostUse.tsx';
import { Use } from './Use.tsx';
import { YouPanel } from './YouPanel.tsx';

export const HostsPage = observer(function HostsPage() {
  const { hosts } = useStores();
  const t = useWords();
  return (
    <section className="page" aria-label={t('hosts.title')}>
      <h1 className="page-title">{t('hosts.title')}</h1>
      <YouPanel />
      {hosts.all.map((host) => (
        <HostPanel key={host.id} host={host} />
      ))}
      {!hosts.isSetUp && <StartupSteps />}
    </section>
  );
});

const HostPanel = observer(function HostPanel({ host }: { host: Host }) {
  const t = useWords();
  const format = useFormat();
  const { memory, disk, cpu } = host;
  return (
    <article className="panel host" aria-label={host.name}>
      <header className="host-head">
        <h2 className="mono">{host.name}</h2>
        <span className="muted">{t('hosts.machines', { count: host.runningVms })}</span>
      </header>
      <div className="host-bars">
        <Use name={t('hosts.cpu')} used={cpu.used} total={cpu.limit} format={format.number}>
          {t('hosts.cpuLimit', {
            total: format.number(cpu.total),
            factor: format.number(cpu.limit / Math.max(cpu.total, 1)),
          })}
        </Use>
        <Use name={t('hosts.memory')} used={memory.usedMiB} total={memory.totalMiB} format={format.mebibytes}>
          {memory.measuredMiB === null
            ? t('hosts.allocated')
            : t('hosts.memoryInUse', { used: format.mebibytes(memory.measuredMiB) })}
        </Use>
        <Use name={t('hosts.disk')} used={disk.usedMiB} total={disk.totalMiB} format={format.mebibytes}>
          {t('hosts.freeOnDisk', { free: format.mebibytes(disk.freeMiB) })}
        </Use>
      </div>
      <HostUse />
      <HostFacts host={host} />
    </article>
  );
});
