// One ENV on the board: name, state, time left, systems, small live screens; its verbs under the pointer and the focus.
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
  const { envs, vms: vmStore, operations, drag } = useStores();
  const t = useWords();
  const env = envs.get(envName);
  if (!env) return null;
  const vms = vmStore.ofEnv(env.name);
  const count = t('envs.machines', { count: vms.length });
  const [operation] = operations.runningFor({ envName: env.name });
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
        <LifetimeRing env={env} isBesideBadge={!operation} />
      </div>
      <div className="card-body" data-verbs-shown={env.expired || undefined}>
        <div className="card-screens" data-count={Math.min(vms.length, THUMBNAILS)}>
          {vms.slice(0, THUMBNAILS).map((vm) => (
            <Thumbnail key={vm.id} vm={vm} small />
          ))}
          {vms.length === 0 && <span className="card-no-screens">{t('envs.noMachines')}</span>}
          {vms.length > THUMBNAILS && <span className="card-more">+{vms.length - THUMBNAILS}</span>}
        </div>
        <div className="card-facts">
          {operation ? (
            <OperationLine operation={operation} brief />
          ) : (
            <div className="card-state">
              <StateLabel mark={envMarks[env.state]} word={t(`common.states.${env.state}`)} />
              {env.expired ? (
                <ExpiredBadge env={env} />
              ) : (
                <span className="muted ellipsis" title={count}>
                  {t('envs.vms', { count: vms.length })}
                </span>
              )}
            </div>
          )}
          <div className="card-systems">
            <SystemMarks images={vms.map(({ image }) => image)} />
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
