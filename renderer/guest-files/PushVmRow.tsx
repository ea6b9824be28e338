// One guest of a push: how far it is, and why it failed.
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import type { RowPlace } from '../components/lists/Rows.tsx';
import type { Mark } from '../components/marks.ts';
import { Progress } from '../components/Progress.tsx';
import { StateMark } from '../components/StateMark.tsx';
import { useWords } from '../i18n/index.ts';
import { shortVmName } from '../state/vm-name.ts';
import type { PushVm } from './push.ts';

const marks: Record<PushVm['state'], Mark> = { waiting: 'empty', running: 'working', done: 'done', failed: 'failed' };

export function PushVmRow({ vm, totalBytes, place }: { vm: PushVm; totalBytes: number; place: RowPlace }) {
  const t = useWords();
  const { state, doneBytes, failure } = vm;
  const name = shortVmName(vm.vmName);
  // Where all files are empty there is nothing to measure.
  const value =
    totalBytes === 0 ? { done: Number(state === 'done'), total: 1 } : { done: doneBytes, total: totalBytes };
  return (
    <li className="push-vm" data-state={state} {...place}>
      <div className="push-vm-line">
        <StateMark mark={marks[state]} />
        <strong className="mono ellipsis">{name}</strong>
        <span className="muted">{t(`guestFiles.states.${state}`)}</span>
        <Progress label={name} value={value} />
      </div>
      {failure && <ErrorNotice error={failure} />}
    </li>
  );
}
