// Images: images of VMs, media for their CD drives, and recipes of images that are not built yet.
import type { Image } from '@tt/protocol';
import { HardDrive } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { ActionButton } from '../components/ActionButton.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { SearchBox } from '../components/SearchBox.tsx';
import { useWords } from '../i18n/index.ts';
import { Rows } from '../components/lists/Rows.tsx';
import { useStores } from '../state/stores-context.ts';
import { newImageActions } from './actions.ts';
import { TemplateList } from '../templates/TemplateList.tsx';
import { ImageRow } from './ImageRow.tsx';

export const ImagesPage = observer(function ImagesPage() {
  const stores = useStores();
  const { images, link } = stores;
  const t = useWords();
  const make = newImageActions(stores, t);
  const [query, setQuery] = useState('');
  const wanted = query.trim();
  const matching = new Set(images.matching(query));
  const shown =
    wanted === '' ? images.all : images.all.filter((image) => matching.has(image) || isNamed(image, wanted));
  const isRecipe = (image: Image) => image.state === 'absent' && image.recipe?.notRun === true;
  const parts: [string, Image[]][] = [
    [t('images.title'), shown.filter((image) => image.kind === 'disk' && !isRecipe(image))],
    [t('images.media'), shown.filter((image) => image.kind === 'iso')],
    [t('images.recipes'), shown.filter(isRecipe)],
  ];
  return (
    <section className="page" aria-label={t('images.title')}>
      <div className="page-bar">
        <h1 className="page-title">{t('images.title')}</h1>
        <span className="spacer" />
        <ActionButton action={make.install} />
        <SearchBox label={t('images.filter')} placeholder={t('images.filterHint')} value={query} onChange={setQuery} />
        <ActionButton action={make.import} />
      </div>
      {images.all.length === 0 && link.state !== 'connecting' && (
        <EmptyState icon={HardDrive} title={t('images.empty')}>
          <p className="muted">{t('images.emptyText')}</p>
        </EmptyState>
      )}
      {images.all.length > 0 && shown.length === 0 && <EmptyState title={t('images.noMatch', { query })} />}
      {parts.map(
        ([title, members], index) =>
          members.length > 0 && (
            <div key={title}>
              {index > 0 && <h2 className="page-subtitle">{title}</h2>}
              {index === 2 && <p className="muted">{t('images.recipesText')}</p>}
              <Rows items={members} keyOf={({ name }) => name} height={58} label={title}>
                {(image, place) => <ImageRow key={image.name} image={image} place={place} />}
              </Rows>
            </div>
          ),
      )}
      <TemplateList query={query} />
    </section>
  );
});

function isNamed({ name }: Image, text: string): boolean {
  return name.toLowerCase().includes(text.toLowerCase());
}
