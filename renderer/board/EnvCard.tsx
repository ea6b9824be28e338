// One ENV on the board: name, state, time left, systems, small live screens; its verbs under the pointer and the focus. What its machines
// do draws the part of the card that shows it: with many that change, drawing whole cards was most of what the board cost.
import type { Env } from '@tt/protocol';
import { GripVertical } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button as AriaButton, Checkbox } from 'react-aria-components';
import { OperationLine } from '../activity/OperationLine.tsx';
import { envMarks } from '../components/marks.ts';
import { Later } from '../components/Later.tsx';
import { StateLabel } from '../components/StateLabel.tsx';
import { EnvMenu } from '../env/EnvMenu.tsx';
import { EnvMarks } from './EnvMarks.tsx';
import { ExpiredBadge } from '../env/ExpiredBadge.tsx';
import { ExtendEnvButton } from '../env/ExtendEnvButton.tsx';
import { LifetimeRing } from '../env/LifetimeRing.tsx';
import { SnapshotEnvButton } from '../env/SnapshotEnvButton.tsx';
import { TeamBadge } from '../env/TeamBadge.tsx';
import { StartStopEnvButton } from '../env/StartStopEnvButton.tsx';
import { useWords } from '../i18n/index.ts';
import { SystemMarks } from '../images/SystemMarks.tsx';
import { Thumbnail } from '../machines/Thumbnail.tsx';
import { SumMeter } from '../metrics/SumMeter.tsx';
import { useStores } from '../state/stores-context.ts';

const THUMBNAILS = 4;

export const EnvCard = observer(function EnvCard({ envName }: { envName: string }) {
  const { envs, drag, operations } = useStores();
  const t = useWords();
  const env = envs.get(envName);
  if (!env) return null;
  // Those that go on do not hear of each operation for it.
  const isEnded = env.expired && operations.runningFor({ envName }).length === 0;
  return (
    <>
      <div
        className="card-head"
        data-droppable={drag.verbFor({ kind: 'env', envName: env.name }) !== null || undefined}
      >
        <Checkbox slot="selection" className="checkbox" />
        <div className="card-name">
          <strong className="mono" title={env.name}>
            {env.name}
          </strong>
          <span className="muted ellipsis">{[env.title, env.owner].filter((part) => part !== '').join(' · ')}</span>
        </div>
        <LifetimeRing env={env} isBesideBadge={isEnded} />
      </div>
      <div className="card-body" data-verbs-shown={env.expired || undefined}>
        <CardScreens envName={env.name} />
        <div className="card-facts">
          <CardNow env={env} />
          <div className="card-systems">
            <CardSystems envName={env.name} />
            <TeamBadge env={env} />
            <EnvMarks env={env} />
          </div>
          <SumMeter envName={env.name} />
        </div>
        <div className="card-actions" data-shown={env.expired || undefined}>
          <Later>
            <SnapshotEnvButton env={env} small />
            <ExtendEnvButton env={env} small />
            <StartStopEnvButton env={env} small />
            <EnvMenu env={env} small />
          </Later>
          <AriaButton slot="drag" className="grip" aria-label={t('common.drag', { name: env.name })}>
            <GripVertical aria-hidden className="icon" />
          </AriaButton>
        </div>
      </div>
    </>
  );
});

const CardScreens = observer(function CardScreens({ envName }: { envName: string }) {
  const ids = useStores().vms.idsOfEnv(envName);
  const t = useWords();
  return (
    <div className="card-screens" data-count={Math.min(ids.length, THUMBNAILS)}>
      {ids.slice(0, THUMBNAILS).map((id) => (
        <CardScreen key={id} vmId={id} />
      ))}
      {ids.length === 0 && <span className="card-no-screens">{t('envs.noMachines')}</span>}
      {ids.length > THUMBNAILS && <span className="card-more">+{ids.length - THUMBNAILS}</span>}
    </div>
  );
});

const CardScreen = observer(function CardScreen({ vmId }: { vmId: string }) {
  const vm = useStores().vms.get(vmId);
  return vm ? <Thumbnail vm={vm} small /> : null;
});

/** What is being done to it or to one of its machines; otherwise how it is. */
const CardNow = observer(function CardNow({ env }: { env: Env }) {
  const { vms, operations } = useStores();
  const t = useWords();
  const [operation] = operations.shownFor({ envName: env.name });
  if (operation) return <OperationLine operation={operation} brief />;
  const { length } = vms.idsOfEnv(env.name);
  return (
    <div className="card-state">
      <StateLabel mark={envMarks[env.state]} word={t(`common.states.${env.state}`)} />
      {env.expired ? (
        <ExpiredBadge env={env} />
      ) : (
        <span className="muted ellipsis" title={t('envs.machines', { count: length })}>
          {t('envs.vms', { count: length })}
        </span>
      )}
    </div>
  );
});

const CardSystems = observer(function CardSystems({ envName }: { envName: string }) {
  return <SystemMarks images={useStores().vms.imagesOfEnv(envName)} />;
});
