// What one machine uses now: processor and memory as a line of the last minute and a number. Drawn anew each second, alone.
import type { Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Spark } from '../components/Spark.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { FIGURES_KEPT } from './metrics-store.ts';
import { useStores } from '../state/stores-context.ts';

const MIB = 1_048_576;

export const VmMeters = observer(function VmMeters({ vm }: { vm: Vm }) {
  const { figures } = useStores();
  const t = useWords();
  const format = useFormat();
  const history = figures.historyOf(vm.id);
  const now = history.at(-1);
  if (!now) return null;
  const { cpuCount, memoryMiB } = vm.resources;
  return (
    <div className="vm-meters">
      <span className="vm-meter">
        <span className="muted">{t('shell.cpu')}</span>
        <Spark values={history.map(({ cpuPercent }) => cpuPercent)} top={cpuCount * 100} count={FIGURES_KEPT} />
        <span className="number">{t('machines.percent', { percent: Math.round(now.cpuPercent) })}</span>
      </span>
      <span className="vm-meter">
        <span className="muted">{t('shell.memory')}</span>
        <Spark values={history.map(({ memoryBytes }) => memoryBytes)} top={memoryMiB * MIB} count={FIGURES_KEPT} />
        <span className="number">{format.mebibytes(Math.round(now.memoryBytes / MIB))}</span>
      </span>
    </div>
  );
});
