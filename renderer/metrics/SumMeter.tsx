// What several machines use together right now: of an ENV on its card and page. Its words are put into the page directly when they change: a
// board has dozens of them, each second, and drawing them by React costs ten times as much as the words do.
import { Activity } from 'lucide-react';
import { autorun, computed } from 'mobx';
import { observer } from 'mobx-react-lite';
import { useLayoutEffect, useMemo, useRef } from 'react';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const MIB = 2 ** 20;

const wholeBelowGiB = (mebibytes: number): number => (mebibytes < 1024 ? Math.round(mebibytes) : mebibytes);

/** Into the text that is there: another text node would have styles around it worked out anew, and the place of what stands above it. */
function putWords(element: HTMLElement, text: string): void {
  const [there] = element.childNodes;
  if (!(there instanceof Text)) element.textContent = text;
  else if (there.data !== text) there.data = text;
}

export const SumMeter = observer(function SumMeter({ envName }: { envName: string }) {
  const { metrics, vms } = useStores();
  const t = useWords();
  const format = useFormat();
  const meter = useRef<HTMLSpanElement>(null);
  const words = useRef<HTMLSpanElement>(null);
  const sum = useMemo(
    () => computed(() => metrics.sumOfEnv(envName, () => vms.idsOfEnv(envName))),
    [metrics, vms, envName],
  );
  const isMeasured = useMemo(() => computed(() => sum.get() !== null), [sum]).get();
  useLayoutEffect(() => {
    if (!isMeasured) return undefined;
    return autorun(() => {
      const now = sum.get();
      if (!now || !meter.current || !words.current) return;
      const percent = format.number(Math.round(now.cpuPercent));
      // Whole MiB: what is behind the point changes each second and says nothing.
      const memory = format.mebibytes(wholeBelowGiB(now.memoryBytes / MIB));
      const text = `${t('machines.percent', { percent })} · ${memory}`;
      const title = t('machines.usesOf', { name: envName, percent, memory });
      putWords(words.current, text);
      if (meter.current.title !== title) meter.current.title = title;
    });
  }, [sum, isMeasured, envName, format, t]);
  if (!isMeasured) return null;
  return (
    <span ref={meter} className="sum-meter muted number">
      <Activity aria-hidden className="icon" />
      <span className="visually-hidden">{t('machines.uses')}: </span>
      <span ref={words} />
    </span>
  );
});
