// The state of an ENV: while something brings it to another one, that is said, not the state it is leaving.
import type { Env, OperationKind } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { envMarks } from '../components/marks.ts';
import { StateLabel } from '../components/StateLabel.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const onTheWay = {
  'env.start': 'starting',
  'env.stop': 'stopping',
  'env.end': 'stopping',
  'env.delete': 'deleting',
} as const satisfies Partial<Record<OperationKind, string>>;

function wayOf(kind: OperationKind): (typeof onTheWay)[keyof typeof onTheWay] | null {
  return Object.hasOwn(onTheWay, kind) ? onTheWay[kind as keyof typeof onTheWay] : null;
}

export const EnvState = observer(function EnvState({ env }: { env: Env }) {
  const { operations } = useStores();
  const t = useWords();
  const [way] = operations.shownFor({ envName: env.name }).flatMap(({ kind }) => wayOf(kind) ?? []);
  return (
    <StateLabel
      mark={way === undefined ? envMarks[env.state] : 'working'}
      word={t(`common.states.${way ?? env.state}`)}
    />
  );
});
