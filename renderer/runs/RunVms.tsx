// The machines of a run, as they go: state, exit code, time, how much they printed; opened, what they printed.
import { hasSucceeded, type Run, type RunVm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type KeyboardEvent, useState } from 'react';
import { Choice } from '../components/Choice.tsx';
import { Rows } from '../components/lists/Rows.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { RunVmRow } from './RunVmRow.tsx';

type Shown = 'all' | 'failed' | 'open';

export const RunVms = observer(function RunVms({ run }: { run: Run }) {
  const { runs } = useStores();
  const t = useWords();
  const [shown, setShown] = useState<Shown>('all');
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const ids = runs.vmIdsOf(run.id);
  if (ids.length === 0) return <Spinner />;
  const items = shown === 'all' ? ids : ids.filter((vmId) => isShown(shown, runs.vmOf(run.id, vmId)));
  const toggle = (vmId: string) => {
    const next = new Set(opened);
    if (!next.delete(vmId)) next.add(vmId);
    setOpened(next);
  };
  const { waiting, running, failed, timedOut, cancelled, unreachable, lost } = run.counts;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrows go from one of its buttons to the next
    <div className="run-vms" onKeyDown={moveAmongRows}>
      <div className="run-shown">
        <Choice<Shown>
          label={t('runs.which')}
          value={shown}
          options={[
            { value: 'all', label: t('runs.whichAll', { count: ids.length }) },
            {
              value: 'failed',
              label: t('runs.whichFailed', { count: failed + timedOut + cancelled + unreachable + lost }),
            },
            { value: 'open', label: t('runs.whichOpen', { count: waiting + running }) },
          ]}
          onChange={setShown}
        />
      </div>
      <div className="run-columns muted" aria-hidden>
        <span>{t('runs.columns.vm')}</span>
        <span>{t('runs.columns.os')}</span>
        <span>{t('runs.columns.state')}</span>
        <span>{t('runs.columns.exitCode')}</span>
        <span>{t('runs.columns.time')}</span>
        <span>{t('runs.columns.output')}</span>
      </div>
      {items.length === 0 && <p className="muted run-none">{t('runs.noneShown')}</p>}
      <Rows items={items} keyOf={(vmId) => vmId} height={31} label={t('runs.machines')} className="rows run-rows">
        {(vmId, place) => (
          <RunVmRow
            key={vmId}
            runId={run.id}
            vmId={vmId}
            place={place}
            isOpen={opened.has(vmId)}
            onToggle={() => toggle(vmId)}
          />
        )}
      </Rows>
    </div>
  );
});

function isShown(shown: Exclude<Shown, 'all'>, vm: RunVm | undefined): boolean {
  if (!vm) return false;
  const isOver = vm.endedAt !== null;
  return shown === 'failed' ? isOver && !hasSucceeded(vm) : !isOver;
}

/** Arrows go from machine to machine; Tab goes through what is in an open one. */
function moveAmongRows(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const from = event.target;
  if (step === 0 || !(from instanceof HTMLElement) || !from.matches('.run-vm-toggle')) return;
  const toggles = [...event.currentTarget.querySelectorAll<HTMLElement>('.run-vm-toggle')];
  const next = toggles[toggles.indexOf(from) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
