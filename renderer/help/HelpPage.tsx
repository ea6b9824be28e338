// Help: the user guide inside the window, with or without a network. Headings on the left, a search over all of it, one section at a time.
import { BookOpen } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { use, useEffect, useRef, useState } from 'react';
import { EmptyState } from '../components/EmptyState.tsx';
import { MarkdownBlocks } from '../components/markdown/Markdown.tsx';
import { SearchBox } from '../components/SearchBox.tsx';
import { useLanguage, useWords } from '../i18n/index.ts';
import { formatRoute } from '../state/route.ts';
import { guideIn } from './guide.ts';
import { findSections, type Section } from './sections.ts';
import './help.css';

export const HelpPage = observer(function HelpPage({ section }: { section: string | null }) {
  const t = useWords();
  const language = useLanguage();
  const guide = use(guideIn(language));
  const [query, setQuery] = useState('');
  const found = findSections(guide, query);
  const shown = guide.find(({ id }) => id === section) ?? guide[0];
  return (
    <section className="page help" aria-label={t('help.title')}>
      <header className="help-head">
        <h1 className="page-title">{t('help.title')}</h1>
        <SearchBox label={t('help.search')} placeholder={t('help.searchHint')} value={query} onChange={setQuery} />
      </header>
      <div className="help-columns">
        <nav className="help-list" aria-label={t('help.contents')}>
          {query.trim() === '' ? (
            <Contents guide={guide} shown={shown} />
          ) : (
            <ul aria-label={t('help.found', { count: found.length })}>
              {found.map(({ section: hit, excerpt }) => (
                <li key={hit.id}>
                  <SectionLink section={hit} shown={shown}>
                    <span className="muted">{[...hit.above, ''].join(' › ')}</span>
                    <strong>{hit.title}</strong>
                    {excerpt !== '' && <span className="muted help-excerpt">{excerpt}</span>}
                  </SectionLink>
                </li>
              ))}
            </ul>
          )}
          {query.trim() !== '' && found.length === 0 && (
            <EmptyState small icon={BookOpen} title={t('help.nothingFound', { query })} />
          )}
        </nav>
        {shown && <Shown key={shown.id} guide={guide} section={shown} isAsked={section !== null} />}
      </div>
    </section>
  );
});

function Contents({ guide, shown }: { guide: readonly Section[]; shown: Section | undefined }) {
  return (
    <ul>
      {guide.map((section) => (
        <li key={section.id} data-level={section.level}>
          <SectionLink section={section} shown={shown}>
            {section.title}
          </SectionLink>
        </li>
      ))}
    </ul>
  );
}

interface SectionLinkProps {
  section: Section;
  shown: Section | undefined;
  children: React.ReactNode;
}

function SectionLink({ section, shown, children }: SectionLinkProps) {
  return (
    <a
      href={formatRoute({ page: 'help', section: section.id })}
      className="help-link"
      {...(section.id === shown?.id && { 'aria-current': 'true' as const })}
    >
      {children}
    </a>
  );
}

interface ShownProps {
  guide: readonly Section[];
  section: Section;
  /** Somebody went to it. */
  isAsked: boolean;
}

/** Takes the focus when somebody went to it, so that a screen reader goes on there. */
function Shown({ guide, section, isAsked }: ShownProps) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isAsked) title.current?.focus();
  }, [isAsked]);
  const below = guide.slice(guide.indexOf(section) + 1);
  const end = below.findIndex(({ level }) => level <= section.level);
  // A section with little of its own shows what is below it, too.
  const parts = below.slice(0, end === -1 ? below.length : end);
  return (
    <article className="help-text">
      <h2 ref={title} tabIndex={-1}>
        {section.title}
      </h2>
      <MarkdownBlocks blocks={section.blocks} />
      {parts.map((part) => (
        <div key={part.id}>
          <h3>{part.title}</h3>
          <MarkdownBlocks blocks={part.blocks} />
        </div>
      ))}
    </article>
  );
}
