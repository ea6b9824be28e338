// Images: images of VMs, media for their CD drives, and recipes of images that are not built yet. Files are dropped anywhere in
// the window (shell/Window.tsx); here one is asked about.
import type { Image } from '@tt/protocol';
import { Library } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { ActionButton } from '../components/ActionButton.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { TemplateList } from '../templates/TemplateList.tsx';
import { newImageActions } from './actions.ts';
import { ImageFilters } from './ImageFilters.tsx';
import { ImageTable } from './ImageTable.tsx';
import { ANY_SYSTEM, type ImageChip, imageKind, type ImageSort, shownImages, sortImages } from './image-list.ts';
import { ImportRows } from './imports/ImportRows.tsx';
import './images.css';

export const ImagesPage = observer(function ImagesPage() {
  const stores = useStores();
  const { images, link, me } = stores;
  const t = useWords();
  const make = newImageActions(stores, t);
  const [query, setQuery] = useState('');
  const [chip, setChip] = useState<ImageChip>('all');
  const [family, setFamily] = useState(ANY_SYSTEM);
  const [sort, setSort] = useState<ImageSort>({ column: 'name', descending: false });
  const prefixed = new Set(images.matching(query));
  const filter = { query, isPrefixed: (image: Image) => prefixed.has(image), chip, family, me: me.me?.name ?? null };
  const shown = sortImages(shownImages(images.all, filter), sort);
  return (
    <section className="page images-page" aria-label={t('images.title')}>
      <div className="page-bar">
        <h1 className="page-title">{t('images.title')}</h1>
        <span className="spacer" />
        <ActionButton action={make.install} />
        <ActionButton action={make.import} />
      </div>
      <ImportRows />
      {images.all.length > 0 && (
        <ImageFilters
          images={images.all}
          query={query}
          onQuery={setQuery}
          chip={chip}
          onChip={setChip}
          family={family}
          onFamily={setFamily}
        />
      )}
      {images.all.length === 0 && link.state !== 'connecting' && (
        <EmptyState icon={Library} title={t('images.empty')}>
          <p className="muted">{t('images.emptyText')}</p>
        </EmptyState>
      )}
      {images.all.length > 0 && shown.length === 0 && (
        <EmptyState title={query.trim() === '' ? t('images.noneOfThese') : t('images.noMatch', { query })} />
      )}
      {shown.some((image) => imageKind(image) === 'recipe') && <p className="muted">{t('images.recipesNotRun')}</p>}
      {shown.length > 0 && <ImageTable images={shown} sort={sort} onSort={setSort} />}
      <TemplateList query={query} />
    </section>
  );
});
