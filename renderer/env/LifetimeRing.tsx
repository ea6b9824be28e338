// The ring that shows the time left: click to change the lifetime. Amber at 15 min, red at 5; empty when expired, which is said by the badge
// beside it where there is one.
import type { Env } from '@tt/protocol';
import { compareStructural, computed } from 'mobx';
import { observer } from 'mobx-react-lite';
import { useMemo } from 'react';
import { Button } from 'react-aria-components';
import { useReason } from '../components/use-reason.tsx';
import { WithTooltip } from '../components/WithTooltip.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { useLastKnown } from '../state/use-last-known.ts';
import { lifeLeft } from './lifetime.ts';
import { type EnvAction, useEnvAction } from './use-env-action.ts';

const lifetimeOf: EnvAction = ({ lifetime }) => lifetime;

const RADIUS = 6.5;
const ROUND = 2 * Math.PI * RADIUS;
/** The arc moves by a quarter of a px at least. */
const ARC_STEPS = 160;

export interface LifetimeRingProps {
  env: Env;
  /** ExpiredBadge stands beside it: the ring then says when that was. */
  isBesideBadge?: boolean;
}

export const LifetimeRing = observer(function LifetimeRing({ env, isBesideBadge = false }: LifetimeRingProps) {
  const { clock } = useStores();
  const t = useWords();
  const lifetime = useEnvAction(env, lifetimeOf);
  const reason = useReason(lifetime.whyNot);
  const format = useFormat();
  const lastKnown = useLastKnown();
  // The clock ticks each second; the ring is drawn anew when what it shows is another.
  const shown = useMemo(
    () =>
      computed(
        () => {
          const { leftMs, share, urgency } = lifeLeft(env, clock.known);
          const over = isBesideBadge && env.expired ? format.time(env.endAt) : t('common.time.expired');
          const time = leftMs === 0 ? over : format.duration(leftMs);
          return { time, share: Math.ceil(share * ARC_STEPS) / ARC_STEPS, urgency };
        },
        { equals: compareStructural },
      ),
    [env, clock, format, t, isBesideBadge],
  );
  const { time, share, urgency } = shown.get();
  const now = env.expired
    ? t('endings.expiredButton', { time: format.time(env.endAt) })
    : t('envs.timeLeftButton', { time });
  const label = lastKnown === null ? now : `${now} · ${lastKnown}`;
  return (
    <WithTooltip text="" reason={reason.text ?? ''} isSilent={reason.text === null}>
      <Button
        className="lifetime"
        data-urgency={urgency}
        data-last-known={lastKnown !== null || undefined}
        {...reason.props}
        aria-label={label}
        {...(reason.text === null ? { onPress: lifetime.run } : {})}
      >
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r={RADIUS} className="lifetime-track" />
          <circle
            cx="8"
            cy="8"
            r={RADIUS}
            className="lifetime-arc"
            strokeDasharray={`${share * ROUND} ${ROUND}`}
            transform="rotate(-90 8 8)"
          />
        </svg>
        <span className="number">{time}</span>
        {reason.description}
      </Button>
    </WithTooltip>
  );
});
