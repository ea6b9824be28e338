// The kinds of network this host offers, and the network of each ENV: bridge, addresses, leases, what is left.
import type { NetworkReport } from '@tt/protocol';
import { Network } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Link } from 'react-aria-components';
import { EmptyState } from '../components/EmptyState.tsx';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import { StateLabel } from '../components/StateLabel.tsx';
import { networkMark } from '../hosts/network-mark.ts';
import { reasonWords } from '../i18n/error-words.ts';
import { useFormat } from '../i18n/format.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { formatRoute } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';
import { ReportView } from './ReportView.tsx';

const HEIGHT = 52;

export const NetworksTab = observer(function NetworksTab() {
  const { administration } = useStores();
  return (
    <ReportView report={administration.networks} everyMs={15_000}>
      {(report) => <Networks report={report} />}
    </ReportView>
  );
});

function Networks({ report: { kinds, networks, leftOut } }: { report: NetworkReport }) {
  const t = useWords();
  const language = useLanguage();
  const format = useFormat();
  return (
    <>
      <section className="panel" aria-label={t('administration.kinds')}>
        <h2>{t('administration.kinds')}</h2>
        {kinds.map(({ kind, problem, isDefault, pool, addressesLeft }) => (
          <div key={kind}>
            <StateLabel mark={networkMark(problem)} word={t(`machines.kinds.${kind}`)} />{' '}
            <span className="muted">
              {[
                ...(problem === null ? [] : [reasonWords(problem, language)]),
                ...(isDefault ? [t('hosts.networkDefault')] : []),
                ...(pool === null || addressesLeft === null
                  ? []
                  : [t('administration.pool', { pool, left: format.number(addressesLeft) })]),
              ].join(' · ')}
            </span>
          </div>
        ))}
      </section>
      <h2 className="page-subtitle">{t('administration.networks')}</h2>
      {networks.length === 0 && <EmptyState icon={Network} title={t('administration.noNetworks')} small />}
      {networks.length > 0 && (
        <Rows items={networks} keyOf={keyOf} height={HEIGHT} label={t('administration.networks')}>
          {(network, place) => <NetworkRow key={keyOf(network)} network={network} place={place} />}
        </Rows>
      )}
      {leftOut > 0 && <p className="muted">{t('common.andMore', { count: leftOut })}</p>}
    </>
  );
}

function keyOf({ envName, kind }: NetworkReport['networks'][number]): string {
  return `${envName} ${kind}`;
}

function NetworkRow({ network, place }: { network: NetworkReport['networks'][number]; place: RowPlace }) {
  const t = useWords();
  const format = useFormat();
  const { envName, kind, bridge, cidr, isFenced, nics, leases, addressesLeft } = network;
  return (
    <li className="rows-item" {...place}>
      <div className="rows-main">
        <Link href={formatRoute({ page: 'env', envName, tab: 'machines' })} className="link">
          {envName}
        </Link>{' '}
        <span className="muted">
          {t(`machines.kinds.${kind}`)}
          {isFenced && ` · ${t('administration.fenced')}`}
        </span>
        <div className="muted mono small">{[bridge, cidr].filter((part) => part !== null).join(' · ')}</div>
      </div>
      <div className="stored">
        <span className="number">
          {cidr === null ? t('administration.nics', { count: nics }) : t('administration.leases', { leases, nics })}
        </span>
        {addressesLeft !== null && (
          <span className="muted small number">
            {t('administration.addressesLeft', { left: format.number(addressesLeft) })}
          </span>
        )}
      </div>
    </li>
  );
}
