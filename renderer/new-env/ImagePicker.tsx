// Left of the New ENV sheet: images by family. Typing selects exactly what the CLI's --os-prefix would.
import { type Image, nearMatches } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { SearchBox } from '../components/SearchBox.tsx';
import { useWords } from '../i18n/index.ts';
import { osFamily } from '../images/image-store.ts';
import { useStores } from '../state/stores-context.ts';
import type { GroupsDraft } from './groups-draft.ts';
import { ImageOption } from './ImageOption.tsx';

export const ImagePicker = observer(function ImagePicker({ draft }: { draft: GroupsDraft }) {
  const { images } = useStores();
  const t = useWords();
  const { query, matches } = draft;
  const typed = query.trim();
  const shown = matches.length > 0 ? matches : images.offered;
  const near = nearMatches(
    typed,
    images.offered.map(({ name }) => name),
  );
  return (
    <section className="sheet-column" aria-label={t('newEnv.systems')}>
      <SearchBox
        label={t('newEnv.search')}
        placeholder={t('newEnv.searchHint')}
        value={query}
        onChange={(text) => draft.search(text)}
        autoFocus
      />
      <p className="picker-result muted" role="status">
        {typed === ''
          ? ' '
          : matches.length > 0
            ? t('newEnv.matches', { query: typed, count: matches.length })
            : `${t('newEnv.noMatch', { query: typed })} ${near.length > 0 ? t('common.error.suggestions', { names: near.join(', ') }) : ''}`}
      </p>
      <div className="picker-list">
        {[...byFamily(shown)].map(([family, members]) => (
          <fieldset key={family} className="picker-family">
            <legend>{family}</legend>
            {members.map((image) => (
              <ImageOption key={image.name} image={image} draft={draft} />
            ))}
          </fieldset>
        ))}
      </div>
    </section>
  );
});

function byFamily(images: readonly Image[]): Map<string, Image[]> {
  const families = new Map<string, Image[]>();
  for (const image of images) {
    const family = osFamily(image.os);
    families.set(family, [...(families.get(family) ?? []), image]);
  }
  return families;
}
