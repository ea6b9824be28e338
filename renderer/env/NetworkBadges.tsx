// The networks of an ENV: kind, addresses to copy, and whether it can reach the outside.
import type { Env } from '@tt/protocol';
import { EthernetPort, Fence, GitFork, GlobeLock } from 'lucide-react';
import { CopyChip } from '../components/CopyChip.tsx';
import { useWords } from '../i18n/index.ts';

export function NetworkBadges({ env }: { env: Env }) {
  const t = useWords();
  return (
    <>
      {env.networks.flatMap(({ kind, cidr }) =>
        cidr === null ? (
          kind === 'bridge' && !env.fenced ? (
            <span key={kind} className="badge" title={t('machines.kindHints.bridge')}>
              <EthernetPort aria-hidden className="icon" />
              {t('machines.kinds.bridge')}
            </span>
          ) : (
            []
          )
        ) : (
          <CopyChip
            key={cidr}
            text={cidr}
            hint={t('envs.portHint', { text: cidr })}
            done={t('envs.portCopied', { text: cidr })}
          >
            <span className="chip-name">{t(`machines.kinds.${kind}`)} </span>
            <span className="mono number">{cidr}</span>
          </CopyChip>
        ),
      )}
      {env.fenced && (
        <span className="badge" title={t('copies.fencedHint')}>
          <Fence aria-hidden className="icon" />
          {t('copies.fencedBadge')}
        </span>
      )}
      {env.forkedFrom && (
        <span className="badge">
          <GitFork aria-hidden className="icon" />
          {env.forkedFrom.snapshotName === null
            ? t('copies.forkedFrom', { env: env.forkedFrom.envName })
            : t('copies.forkedFromSnapshot', { env: env.forkedFrom.envName, snapshot: env.forkedFrom.snapshotName })}
        </span>
      )}
      {env.denyOutgoing && (
        <span className="badge">
          <GlobeLock aria-hidden className="icon" />
          {t('envs.outgoingDenied')}
        </span>
      )}
    </>
  );
}
