// The systems of an ENV with how many machines each has: the few most frequent, and how many more there are, by name for the pointer
// and for screen readers. An ENV may have as many systems as there are images.
import { fewOf } from '../components/lists/few-of.ts';
import { useWords } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { countSystems, OsMark } from './OsMark.tsx';

const MOST = 3;

export function SystemMarks({ images }: { images: readonly string[] }) {
  const t = useWords();
  const systems = countSystems(images);
  const { few, leftOut } = fewOf(systems, MOST, 'first');
  const others = someNames(
    systems.slice(few.length).map(({ os, count }) => (count > 1 ? `${os} ×${count}` : os)),
    t,
  );
  return (
    <>
      {few.map(({ os, count }) => (
        <OsMark key={os} os={os} count={count} />
      ))}
      {leftOut > 0 && (
        <span
          className="os-more muted number"
          role="img"
          title={others}
          aria-label={t('envs.moreSystems', { count: leftOut, names: others })}
        >
          {t('envs.moreCount', { count: leftOut })}
        </span>
      )}
    </>
  );
}
