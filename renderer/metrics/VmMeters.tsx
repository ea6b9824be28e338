// What one machine uses now: processor, memory, disk and network, each as a line of the last minute and a number. Drawn anew each
// second, alone. A meter keeps its place when there is nothing to show, so that a machine that starts moves nothing.
import type { Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Spark } from '../components/Spark.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { METRICS_RETAINED } from './metrics-store.ts';
import { type MeterKind, meterKinds, readMeter } from './vm-meter.ts';

export function VmMeters({ vm }: { vm: Vm }) {
  return (
    <div className="vm-meters">
      {meterKinds.map((kind) => (
        <VmMeter key={kind} vm={vm} kind={kind} />
      ))}
    </div>
  );
}

/** `isBare`: under a column head that says what it is. */
export const VmMeter = observer(function VmMeter(props: { vm: Vm; kind: MeterKind; isBare?: boolean }) {
  const { vm, kind, isBare = false } = props;
  const { metrics } = useStores();
  const t = useWords();
  const format = useFormat();
  const reading = readMeter(kind, vm, metrics.historyOf(vm.id), format, t);
  return (
    <span className="vm-meter" title={reading ? reading.hint : t('machines.noMeter')}>
      {!isBare && <span className="vm-meter-name muted">{t(`machines.meters.${kind}`)}</span>}
      <Spark values={reading?.values ?? []} top={reading?.top ?? 1} count={METRICS_RETAINED} />
      <span className="vm-meter-now number">{reading?.text ?? '–'}</span>
    </span>
  );
});
