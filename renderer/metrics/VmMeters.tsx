// What one machine uses now: processor, memory, disk and network, each as a line of the last minute and a number. Drawn anew each
// second, alone. A meter keeps its place when there is nothing to show, so that a machine that starts moves nothing.
import type { Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Spark } from '../components/Spark.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { METRICS_RETAINED } from './metrics-store.ts';
import { type MeterKind, type MeterReading, meterKinds, readMeter } from './vm-meter.ts';

export const VmMeters = observer(function VmMeters({ vm }: { vm: Vm }) {
  const readings = useReadings(vm);
  const t = useWords();
  return (
    <div className="vm-meters">
      {meterKinds.map((kind) => (
        <MeterLine key={kind} reading={readings(kind)} name={t(`machines.meters.${kind}`)} />
      ))}
    </div>
  );
});

/** One of them, under a column head that says what it is. */
export const VmMeter = observer(function VmMeter({ vm, kind }: { vm: Vm; kind: MeterKind }) {
  return <MeterLine reading={useReadings(vm)(kind)} name={null} />;
});

function useReadings(vm: Vm): (kind: MeterKind) => MeterReading | null {
  const { metrics } = useStores();
  const t = useWords();
  const format = useFormat();
  const history = metrics.historyOf(vm.id);
  return (kind) => readMeter(kind, vm, history, format, t);
}

function MeterLine({ reading, name }: { reading: MeterReading | null; name: string | null }) {
  const t = useWords();
  return (
    <span className="vm-meter" title={reading ? reading.hint : t('machines.noMeter')}>
      {name !== null && <span className="vm-meter-name muted">{name}</span>}
      <Spark values={reading?.values ?? []} top={reading?.top ?? 1} count={METRICS_RETAINED} />
      <span className="vm-meter-now number">{reading?.text ?? '–'}</span>
    </span>
  );
}
