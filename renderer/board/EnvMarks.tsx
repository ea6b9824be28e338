// The tags of an ENV on the board, each a filter, and whether it has notes.
import type { Env } from '@tt/protocol';
import { StickyNote } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { ListedButton } from '../components/ListedButton.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

/** More would push the screens out of a card. */
const MOST_TAGS = 3;

export const EnvMarks = observer(function EnvMarks({ env }: { env: Env }) {
  const { settings, idle } = useStores();
  const t = useWords();
  const { tags, notes = '', leftOut = [] } = env;
  const hidden = tags.slice(MOST_TAGS);
  return (
    <>
      {idle.isIdle(env.name) && (
        <span className="badge" title={t('envs.idleHint')}>
          {t('envs.marks.idle')}
        </span>
      )}
      {tags.slice(0, MOST_TAGS).map((tag) => (
        <ListedButton
          key={tag}
          className="tag tag-filter"
          aria-label={t('envs.filterByTag', { tag })}
          onPress={() => settings.filterBoard({ tag })}
        >
          {tag}
        </ListedButton>
      ))}
      {hidden.length > 0 && (
        <span className="tag" title={hidden.join(', ')}>
          +{hidden.length}
        </span>
      )}
      {(notes !== '' || leftOut.includes('notes')) && (
        <span className="badge" title={notes === '' ? t('envs.hasNotes') : notes}>
          <StickyNote aria-hidden className="icon" />
          <span className="visually-hidden">{t('envs.hasNotes')}</span>
        </span>
      )}
    </>
  );
});
