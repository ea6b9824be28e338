// The head of the ENV page: name, state, time left, badges, verbs. Drag it to the shelf; drop an ENV snapshot on it.
import type { Env } from '@tt/protocol';
import { ChevronRight, GripVertical } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useRef } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useReason } from '../components/use-reason.tsx';
import { WithTooltip } from '../components/WithTooltip.tsx';
import { useWords } from '../i18n/index.ts';
import { holdEnv } from '../snapshots/drag-grammar.ts';
import { useGrammarSource, useGrammarTarget } from '../snapshots/use-grammar.tsx';
import { useStores } from '../state/stores-context.ts';
import { EnvMenu } from './EnvMenu.tsx';
import { EnvState } from './EnvState.tsx';
import { ExpiredBadge } from './ExpiredBadge.tsx';
import { LabBadge } from './LabBadge.tsx';
import { ExtendEnvButton } from './ExtendEnvButton.tsx';
import { LifetimeRing } from './LifetimeRing.tsx';
import { EnvRecordings } from './EnvRecordings.tsx';
import { NetworkBadges } from './NetworkBadges.tsx';
import { SnapshotEnvButton } from './SnapshotEnvButton.tsx';
import { StartStopEnvButton } from './StartStopEnvButton.tsx';
import { WallButton } from './WallButton.tsx';
import { TeamBadge } from './TeamBadge.tsx';

export const EnvHeader = observer(function EnvHeader({ env }: { env: Env }) {
  const { drag, view, link, rights } = useStores();
  const t = useWords();
  const whyNot = rights.whyNot('snapshot.create') ?? link.whyNot;
  const reason = useReason(whyNot);
  const ref = useRef<HTMLElement>(null);
  const target = { kind: 'env', envName: env.name } as const;
  const { dragProps, dragButtonProps } = useGrammarSource(holdEnv(env));
  const { dropProps, isDropTarget } = useGrammarTarget(target, ref);
  return (
    <header
      {...dropProps}
      ref={ref}
      tabIndex={-1}
      className="env-header"
      data-drop-target={isDropTarget || undefined}
      data-valid-target={drag.verbFor(target) !== null || undefined}
    >
      <nav className="crumbs" aria-label={t('envs.board')}>
        <AriaButton className="crumb" onPress={() => view.go({ page: 'envs' })}>
          {t('envs.board')}
        </AriaButton>
        <ChevronRight aria-hidden className="icon" />
      </nav>
      {/* The name is what is taken with the pointer; the handle beside it is the keyboard's way. */}
      <div {...(whyNot === null ? dragProps : {})} className="env-name">
        <h1 className="mono">{env.name}</h1>
        {env.title !== '' && <span className="muted ellipsis">{env.title}</span>}
        <WithTooltip text="" reason={reason.text ?? ''} isSilent={whyNot === null}>
          <AriaButton
            {...(whyNot === null ? dragButtonProps : {})}
            {...reason.props}
            className="grip"
            aria-label={t('common.drag', { name: env.name })}
          >
            <GripVertical aria-hidden className="icon" />
            {reason.description}
          </AriaButton>
        </WithTooltip>
      </div>
      <EnvState env={env} />
      <LifetimeRing env={env} isBesideBadge />
      {env.expired && <ExpiredBadge env={env} />}
      <TeamBadge env={env} />
      {env.lab && <LabBadge lab={env.lab} />}
      <NetworkBadges env={env} />
      <EnvRecordings env={env} />
      <span className="spacer" />
      <div className="env-actions">
        <ExtendEnvButton env={env} />
        <WallButton env={env} />
        <SnapshotEnvButton env={env} />
        <StartStopEnvButton env={env} />
        <EnvMenu env={env} />
      </div>
    </header>
  );
});
