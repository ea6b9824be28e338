// What a bounded list draws before anybody asks for all of it.
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { FewRows } from './FewRows.tsx';

function drawn(count: number, keep: 'first' | 'last'): string {
  const items = Array.from({ length: count }, (_, index) => index + 1);
  return renderToStaticMarkup(
    <FewRows items={items} most={4} keep={keep} keyOf={String} height={20} label="Messages" isLive actions="Close all">
      {(item) => <li key={item}>{item}</li>}
    </FewRows>,
  );
}

const rowsIn = (markup: string) => [...markup.matchAll(/<li>(\d+)<\/li>/g)].map(([, number]) => Number(number));

test('of two hundred four are drawn, and how many more there are', () => {
  const markup = drawn(200, 'last');
  expect(rowsIn(markup)).toEqual([197, 198, 199, 200]);
  expect(markup).toMatch(/<button[^>]*aria-expanded="false"[^>]*>and 196 more<\/button>.*Close all.*<ul/);
  expect(rowsIn(drawn(200, 'first'))).toEqual([1, 2, 3, 4]);
  expect(drawn(200, 'first')).toMatch(/<ul.*and 196 more/);
});

test('a short list has no button, and its rows are read out', () => {
  const markup = drawn(5, 'last');
  expect(rowsIn(markup)).toEqual([1, 2, 3, 4, 5]);
  expect(markup).not.toContain('button');
  expect(markup).toContain('aria-live="polite"');
});
