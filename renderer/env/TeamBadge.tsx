// Says that an ENV is shared, with which team, and whose it is.
import type { Env } from '@tt/protocol';
import { Users } from 'lucide-react';
import { useWords } from '../i18n/index.ts';

export function TeamBadge({ env }: { env: Env }) {
  const t = useWords();
  if (!env.team) return null;
  return (
    <span className="badge" title={t('envs.sharedHint', { team: env.team, owner: env.owner })}>
      <Users aria-hidden className="icon" />
      <span className="visually-hidden">{t('envs.sharedHint', { team: env.team, owner: env.owner })}</span>
      <span aria-hidden="true">{env.team}</span>
    </span>
  );
}
