// The current user: name, role, and the use of quotas, also of their teams, and limits.
import { type Me, recordLimits, termText } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect } from 'react';
import { quotaFormat, quotaNames } from '../people/quota-names.ts';
import { useFormat } from '../i18n/format.ts';
import { termsOf } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { Use } from './Use.tsx';

/** What a user has, or a team, of what is limited. */
function QuotaBars({ of: { quota, used } }: { of: Pick<Me, 'quota' | 'used'> }) {
  const t = useWords();
  const format = useFormat();
  const limited = quotaNames.filter((name) => quota[name] !== null);
  if (limited.length === 0) return null;
  return (
    <div className="host-bars">
      {limited.map((name) => (
        <Use
          key={name}
          name={t(`newEnv.quotaNames.${name}`)}
          used={used[name]}
          total={quota[name] ?? 0}
          format={quotaFormat(name, format)}
        >
          {t('newEnv.quota')}
        </Use>
      ))}
    </div>
  );
}

export const YouPanel = observer(function YouPanel() {
  const { me: store } = useStores();
  const t = useWords();
  const words = termsOf(useLanguage());
  const format = useFormat();
  useEffect(() => void store.load(), [store]);
  const { me } = store;
  if (!me) return null;
  const limited = quotaNames.filter((name) => me.quota[name] !== null);
  return (
    <article className="panel" aria-label={t('hosts.you')}>
      <header className="host-head">
        <h2>{t('hosts.you')}</h2>
        <span className="muted">{t('hosts.youAre', { name: me.name, role: t(`hosts.roles.${me.role}`) })}</span>
        <span className="spacer" />
        <span className="muted number">{t('hosts.youHave', { envs: me.used.envs, vms: me.used.vms })}</span>
      </header>
      <p className="muted number">
        {t('hosts.youStore', {
          total: format.mebibytes(me.used.storedMiB),
          disks: format.mebibytes(me.stored.diskMiB),
          snapshots: format.mebibytes(me.stored.snapshotMiB),
          images: format.mebibytes(me.stored.imageMiB),
          transfers: format.mebibytes(me.stored.transferMiB),
        })}
      </p>
      {limited.length === 0 && <p className="muted">{t('hosts.youNoLimits')}</p>}
      <QuotaBars of={me} />
      {(me.teams ?? []).map((team) => (
        <section key={team.name} aria-label={t('hosts.teamQuota', { team: team.name })}>
          <h3>{t('hosts.teamQuota', { team: team.name })}</h3>
          <p className="muted number">{t('hosts.youHave', { envs: team.used.envs, vms: team.used.vms })}</p>
          <QuotaBars of={team} />
        </section>
      ))}
      <h3>{t('hosts.youMayHave')}</h3>
      <div className="host-bars">
        {recordLimits.map((name) => (
          <Use
            key={name}
            name={termText('limit', name, {}, words)}
            used={me.limits[name].used}
            total={me.limits[name].total}
            format={format.number}
          />
        ))}
      </div>
    </article>
  );
});
