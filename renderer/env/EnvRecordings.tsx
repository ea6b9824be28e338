// How an imported ENV came to its state: the recorded screens that were in its capsule. Each leads to the player.
import { clockText } from '@tt/client/recordings';
import type { Env } from '@tt/protocol';
import { Film } from 'lucide-react';
import { useWords } from '../i18n/index.ts';
import { formatRoute } from '../state/route.ts';
import { shortVmName } from '../state/vm-name.ts';

export function EnvRecordings({ env }: { env: Env }) {
  const t = useWords();
  const { recordings = [] } = env;
  if (recordings.length === 0) return null;
  return (
    <span className="env-recordings">
      <span className="muted">{t('recordings.howItCame')}</span>
      {recordings.map(({ id, name, vmName, lengthMs, hasKeys }) => {
        const of = { vm: shortVmName(vmName), time: clockText(lengthMs) };
        return (
          <a
            key={id}
            className="badge"
            href={formatRoute({ page: 'player', of: { envName: env.name, recordingId: id } })}
            title={t('recordings.playOf', { name, vm: vmName })}
          >
            <Film aria-hidden className="icon" />
            {t(hasKeys ? 'recordings.ofEnvWithKeys' : 'recordings.ofEnv', of)}
          </a>
        );
      })}
    </span>
  );
}
