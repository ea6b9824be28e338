// What the running machines of a host use right now, measured; drawn anew each second, alone.
import { observer } from 'mobx-react-lite';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const HostUse = observer(function HostUse() {
  const { metrics } = useStores();
  const t = useWords();
  const format = useFormat();
  const sum = metrics.sumOfAll();
  const words = sum
    ? t('hosts.measured', {
        percent: format.number(Math.round(sum.cpuPercent)),
        memory: format.bytes(sum.memoryBytes),
      })
    : t('hosts.notMeasured');
  return (
    <p className="number">
      <span className="muted">{t('hosts.usesNow')}: </span>
      {words}
    </p>
  );
});
