// What several machines use together right now: of an ENV on its card and page. Drawn anew alone, when it shows something else.
import { Activity } from 'lucide-react';
import { compareStructural, computed } from 'mobx';
import { observer } from 'mobx-react-lite';
import { useMemo } from 'react';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const MIB = 2 ** 20;

const wholeBelowGiB = (mebibytes: number): number => (mebibytes < 1024 ? Math.round(mebibytes) : mebibytes);

export const SumMeter = observer(function SumMeter({ envName }: { envName: string }) {
  const { metrics, vms } = useStores();
  const t = useWords();
  const format = useFormat();
  const shown = useMemo(
    () =>
      computed(
        () => {
          const sum = metrics.sumOf(vms.idsOfEnv(envName));
          if (!sum) return null;
          const percent = format.number(Math.round(sum.cpuPercent));
          // Whole MiB: what is behind the point changes each second and says nothing.
          return { percent, memory: format.mebibytes(wholeBelowGiB(sum.memoryBytes / MIB)) };
        },
        { equals: compareStructural },
      ),
    [metrics, vms, envName, format],
  );
  const now = shown.get();
  if (!now) return null;
  const { percent, memory } = now;
  const words = t('machines.usesOf', { name: envName, percent, memory });
  return (
    <span className="sum-meter muted number" title={words}>
      <Activity aria-hidden className="icon" />
      <span className="visually-hidden">{t('machines.uses')}: </span>
      {t('machines.percent', { percent })} · {memory}
    </span>
  );
});
