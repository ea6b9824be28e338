// One machine of a run: a line that opens.
import { ChevronRight } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button as AriaButton } from 'react-aria-components';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import type { RowPlace } from '../components/lists/Rows.tsx';
import { StateMark } from '../components/StateMark.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { OsMark } from '../images/OsMark.tsx';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { RunOutput } from './RunOutput.tsx';
import { markOf, stateWords, tookMs } from './run-words.ts';

export interface RunVmRowProps {
  runId: string;
  vmId: string;
  place: RowPlace;
  isOpen: boolean;
  onToggle: () => void;
}

export const RunVmRow = observer(function RunVmRow({ runId, vmId, place, isOpen, onToggle }: RunVmRowProps) {
  const { runs, clock } = useStores();
  const t = useWords();
  const format = useFormat();
  const vm = runs.vmOf(runId, vmId);
  if (!vm) return null;
  const name = shortVmName(vm.vmName);
  // Only of one that runs: a clock that is read is a row that is drawn each second.
  const took = tookMs(vm, vm.endedAt === null && vm.startedAt !== null ? clock.known : 0);
  const time = took === null ? '' : format.took(took);
  const state = stateWords(vm, t);
  const exitCode = vm.exitCode === null ? '' : String(vm.exitCode);
  const bytes = vm.stdout.bytes + vm.stderr.bytes;
  return (
    <li className="run-vm" data-mark={markOf(vm)} {...place}>
      <AriaButton className="run-vm-toggle" aria-expanded={isOpen} onPress={onToggle}>
        <span className="run-vm-name">
          <ChevronRight aria-hidden className="icon" />
          <strong className="mono ellipsis">{name}</strong>
        </span>
        <OsMark os={vm.os} />
        <span className="run-vm-state ellipsis">
          <StateMark mark={markOf(vm)} />
          {state}
        </span>
        <span className="number mono">
          {exitCode !== '' && <span className="visually-hidden">{t('runs.columns.exitCode')} </span>}
          {exitCode}
        </span>
        <span className="number">{time}</span>
        <span className="number muted">{bytes === 0 ? '' : format.bytes(bytes)}</span>
      </AriaButton>
      {isOpen && (
        <div className="run-vm-open">
          {vm.via === 'guestAgent' && <p className="muted">{t('runs.byAgent')}</p>}
          {vm.failure && <ErrorNotice error={vm.failure} />}
          {(['stdout', 'stderr'] as const).map((channel) => (
            <RunOutput key={channel} runId={runId} vm={vm} channel={channel} />
          ))}
        </div>
      )}
    </li>
  );
});
