// A system as a small coloured glyph, or as a monogram where it has none, with how many there are of it.
import { osFamily } from './os-family.ts';
import { osGlyph } from './os-glyphs.ts';

export function OsMark({ os, count }: { os: string; count?: number }) {
  const family = osFamily(os);
  const glyph = osGlyph(family);
  return (
    <span className="os-mark" title={os}>
      <span className="os-letters" style={{ '--os-hue': hueOf(family) } as React.CSSProperties} aria-hidden="true">
        {glyph === null ? (
          family.slice(0, 2)
        ) : (
          <svg aria-hidden="true" className="os-glyph" viewBox="0 0 24 24">
            <path d={glyph} />
          </svg>
        )}
      </span>
      <span className="os-name">{os}</span>
      {count !== undefined && count > 1 && <span className="os-count">×{count}</span>}
    </span>
  );
}

/** Known systems keep their own colour; others get one from their letters, always the same. */
const knownHues: Record<string, number> = {
  alpine: 245,
  centos: 300,
  debian: 5,
  fedora: 260,
  freebsd: 25,
  rocky: 160,
  tiny: 195,
  ubuntu: 45,
  windows: 230,
};

function hueOf(family: string): number {
  const known = knownHues[family.toLowerCase()];
  if (known !== undefined) return known;
  let sum = 0;
  for (const letter of family) sum = (sum * 31 + letter.charCodeAt(0)) % 360;
  return sum;
}

/** The systems of an ENV with their counts: most frequent first, then by name. */
export function countSystems(images: readonly string[]): { os: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const image of images) {
    const os = image.split(':')[1] ?? image;
    counts.set(os, (counts.get(os) ?? 0) + 1);
  }
  return [...counts]
    .map(([os, count]) => ({ os, count }))
    .sort((a, b) => b.count - a.count || a.os.localeCompare(b.os));
}
