// Left of the New ENV sheet: images by family. Typing selects exactly what the CLI's --os-prefix would.
import { nearMatches } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect, useRef } from 'react';
import { Rows } from '../components/lists/Rows.tsx';
import { SearchBox } from '../components/SearchBox.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { GroupsDraft } from './groups-draft.ts';
import { ImageOption } from './ImageOption.tsx';
import { pickerRows } from './picker-rows.ts';

export const ImagePicker = observer(function ImagePicker({ draft }: { draft: GroupsDraft }) {
  const { images } = useStores();
  const t = useWords();
  const { query, matches } = draft;
  const search = useRef<HTMLInputElement>(null);
  // What was typed before the sheet was closed is replaced by what is typed now.
  useEffect(() => search.current?.select(), []);
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
        inputRef={search}
        autoFocus
      />
      <p className="picker-result muted" role="status">
        {typed === ''
          ? ' '
          : matches.length > 0
            ? t('newEnv.matches', { query: typed, count: matches.length })
            : `${t('newEnv.noMatch', { query: typed })} ${near.length > 0 ? t('common.error.suggestions', { names: near.join(', ') }) : ''}`}
      </p>
      <Rows
        // Another search begins at the top of another list: scrolled down, a shorter one would show nothing.
        key={typed}
        items={pickerRows(shown)}
        keyOf={({ image }) => image.name}
        height={34}
        className="picker-list"
        label={t('newEnv.systems')}
      >
        {({ image, family }, place) => (
          <li key={image.name} {...place}>
            {family !== null && <h3 className="picker-family">{family}</h3>}
            <ImageOption image={image} draft={draft} />
          </li>
        )}
      </Rows>
    </section>
  );
});
