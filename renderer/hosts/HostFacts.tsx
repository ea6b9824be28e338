// What a host can do, fact by fact: engines, networks, firewall, control groups, ports, lifetimes, version.
import { FAKE_DRIVERS, type Host } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { StateLabel } from '../components/StateLabel.tsx';
import { reasonWords } from '../i18n/error-words.ts';
import { useFormat } from '../i18n/format.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { firewallAction } from './actions.ts';
import { EngineFacts } from './EngineFacts.tsx';
import { networkMark } from './network-mark.ts';

export const HostFacts = observer(function HostFacts({ host }: { host: Host }) {
  const t = useWords();
  const firewall = firewallAction(useStores(), t);
  const language = useLanguage();
  const format = useFormat();
  const { ports, cgroups, lifetime } = host;
  const usable = host.networks.find(({ problem }) => problem === null);
  return (
    <dl className="facts">
      {host.features.includes(FAKE_DRIVERS) && (
        <>
          <dt>{t('hosts.drivers')}</dt>
          <dd>
            <StateLabel mark="failed" word={t('hosts.fakeDrivers')} />
          </dd>
        </>
      )}
      <dt>{t('hosts.engines')}</dt>
      <dd>
        {host.engines.map((engine) => (
          <EngineFacts key={engine.name} engine={engine} />
        ))}
      </dd>
      <dt>{t('hosts.networks')}</dt>
      <dd>
        {host.networks.map(({ kind, problem }) => (
          <div key={kind}>
            <StateLabel mark={networkMark(problem)} word={t(`machines.kinds.${kind}`)} />{' '}
            <span className="muted">
              {problem ? reasonWords(problem, language) : t(`machines.kindHints.${kind}`)}
              {usable?.kind === kind && ` · ${t('hosts.networkDefault')}`}
            </span>
          </div>
        ))}
      </dd>
      <dt>{t('hosts.firewall')}</dt>
      <dd>
        <span className="mono">{host.firewall}</span> {firewall && <ActionButton size="small" action={firewall} />}
      </dd>
      {host.warnings.length > 0 && (
        <>
          <dt>{t('hosts.warnings')}</dt>
          <dd>
            {host.warnings.map((warning) => {
              const text = reasonWords(warning, language);
              return (
                <div key={text}>
                  <StateLabel mark="failed" word={text} />
                </div>
              );
            })}
          </dd>
        </>
      )}
      <dt>{t('hosts.cgroups')}</dt>
      <dd>
        {t(`hosts.cgroupKinds.${cgroups.kind}`)} <span className="muted">{reasonWords(cgroups.reason, language)}</span>
      </dd>
      <dt>{t('hosts.ports')}</dt>
      <dd className="number">
        {t('hosts.portsUsed', {
          used: ports.used,
          total: ports.last - ports.first + 1,
          first: ports.first,
          last: ports.last,
        })}
      </dd>
      <dt>{t('hosts.lifetime')}</dt>
      <dd>
        {t('hosts.lifetimeText', {
          default: format.duration(lifetime.defaultS * 1000),
          max: format.duration(lifetime.maxS * 1000),
        })}
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
  );
});
