// A pseudo-locale: every word on the page is made longer and gets accents, as a translation might, and what of it is cut off is named.
// Words stay as they are for React, which writes a text again only when it changes: what is measured is measured at once.
import type { Page } from '@playwright/test';

/** `name`: of the page or dialog, for the messages. One message for each text that cannot be read whole. */
export async function cutOff(page: Page, name: string): Promise<string[]> {
  const found = await page.evaluate(() => {
    /** A translation of a short English text is longer by so much (W3C, Text size in translation: up to 80 % for ten characters). */
    const LONGER = 0.4;
    const accents: Readonly<Record<string, string>> = {
      a: 'á',
      e: 'ë',
      i: 'ï',
      o: 'ö',
      u: 'ü',
      A: 'Å',
      E: 'É',
      O: 'Ø',
      U: 'Û',
    };
    /** Names and output of guests are no words: they are cut off where they are long, and shown whole in a title. */
    const data =
      '.mono, code, pre, kbd, time, textarea, canvas, [translate="no"], [data-words="none"], .number, .visually-hidden';
    const root = document.querySelector('[role="dialog"], [role="alertdialog"]') ?? document.body;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const words: Text[] = [];
    while (walker.nextNode()) {
      const node = walker.currentNode as Text;
      if (!/\p{L}{2}/u.test(node.data) || node.parentElement?.closest(`script, style, ${data}`)) continue;
      words.push(node);
    }
    const before = words.map((node) => node.data);
    for (const node of words) {
      const longer = node.data.replace(/[aeiouAEOU]/g, (letter) => accents[letter] ?? letter);
      node.data = `${longer.trimEnd()}${'·'.repeat(Math.ceil(node.data.trim().length * LONGER))}${longer.endsWith(' ') ? ' ' : ''}`;
    }
    const messages = words.flatMap((node, index) => {
      const why = cutBy(node);
      return why === null ? [] : [`“${before[index]?.trim().slice(0, 60)}” ${why}`];
    });
    for (const [index, node] of words.entries()) node.data = before[index] ?? '';
    return [...new Set(messages)];

    function cutBy(node: Text): string | null {
      const range = document.createRange();
      range.selectNodeContents(node);
      const text = range.getBoundingClientRect();
      // Not drawn, or beside the screen and meant for the ear.
      if (text.width < 2 || text.height < 2 || text.right < 0) return null;
      for (let one = node.parentElement; one && one !== document.documentElement; one = one.parentElement) {
        const style = getComputedStyle(one);
        if (style.clipPath !== 'none' || style.visibility === 'hidden') return null;
        const box = one.getBoundingClientRect();
        // What scrolls can be scrolled to, and what is beside it is not there now.
        if (/auto|scroll/.test(style.overflowX + style.overflowY)) return null;
        const hidesX = style.overflowX === 'hidden' || style.overflowX === 'clip';
        const hidesY = style.overflowY === 'hidden' || style.overflowY === 'clip';
        // A cut that shows where the whole text stands is no loss.
        const isTold =
          style.textOverflow === 'ellipsis' && one.closest('[title], [aria-label], [aria-describedby]') !== null;
        const by = `${one.tagName.toLowerCase()}.${[...one.classList].join('.')}`;
        if (hidesX && !isTold && (text.right > box.right + 1.5 || text.left < box.left - 1.5))
          return `is cut at a side by ${by}`;
        if (hidesY && (text.bottom > box.bottom + 1.5 || text.top < box.top - 1.5))
          return `is cut above or below by ${by}`;
      }
      return text.right > window.innerWidth + 1.5 ? 'leaves the window' : null;
    }
  });
  return found.map((text) => `${name}: ${text}`);
}
