// One run as a whole: what ran, how many of its machines are where, and what can be done to it; the earlier ones to choose from.
import type { Run } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { MenuButton, toMenu } from '../components/Menu.tsx';
import { Picker } from '../components/Picker.tsx';
import { Progress } from '../components/Progress.tsx';
import { StateMark } from '../components/StateMark.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { runActions } from './actions.ts';
import { commandText } from './run-draft.ts';
import { countWords, runMark, titleOf } from './run-words.ts';

export const RunHead = observer(function RunHead({ run }: { run: Run }) {
  const stores = useStores();
  const { runs } = stores;
  const t = useWords();
  const format = useFormat();
  const can = runActions(stores, run, t);
  const request = runs.requestOf(run.id);
  const title = titleOf(run, t);
  const { waiting, running, ...over } = run.counts;
  const done = Object.values(over).reduce((sum, count) => sum + count, 0);
  const progress = { done, total: done + waiting + running };
  const earlier = runs.ofEnv(run.envName).map((one) => ({
    value: one.id,
    label: `${format.time(one.startedAt)}  ${titleOf(one, t)}  ${countWords(one, t)}`,
  }));
  return (
    <header className="run-head">
      <div className="run-title">
        <StateMark mark={runMark(run)} />
        <h2 className="mono ellipsis" title={request ? commandText(request.command) : title}>
          {title}
        </h2>
        <span className="muted number">{format.time(run.startedAt)}</span>
        {run.via === 'ssh' && <span className="muted">{t('runs.overSsh')}</span>}
        <span className="spacer" />
        {run.state === 'running' ? <ActionButton action={can.stop} /> : <ActionButton action={can.againFailed} />}
        <MenuButton
          label={t('runs.actionsOf', { title })}
          entries={toMenu([[can.stop, can.again, can.againFailed], [can.delete]])}
        />
      </div>
      <div className="run-sum">
        <span className="number" role="status">
          {countWords(run, t)}
        </span>
        <span className="run-progress" data-over={run.state === 'ended' || undefined}>
          <Progress label={title} value={progress} />
        </span>
        <span className="spacer" />
        <div className="run-earlier">
          <Picker
            label={t('runs.earlier')}
            value={run.id}
            options={earlier}
            onChange={(id) => runs.choose(run.envName, id)}
          />
        </div>
      </div>
    </header>
  );
});
