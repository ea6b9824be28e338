// Glyphs of operating systems, drawn for TT in the manner of the other icons (24 x 24, lines of 2): signs that people know the systems
// by, no vendor's logo. A family that has none is shown by its first two letters.

const circle = (x: number, y: number, r: number) =>
  `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0${-2 * r} 0`;

/** By family of the system in lower case; what a `path` is drawn along. */
const glyphs = new Map(
  Object.entries({
    // Mountains.
    alpine: 'M2 19 9 7l4 7 2.5-4L22 19',
    arch: 'M12 3 3 21c3-2 5-3 6-3 0-3 1.5-4.5 3-4.5s3 1.5 3 4.5c1 0 3 1 6 3z',
    centos: 'M12 3v18M3 12h18M7 7h10v10H7z',
    // A swirl.
    debian: 'M14.5 12.5a2.5 2.5 0 1 1-2.5-2.7 4 4 0 1 1-4 4.6 6.3 6.3 0 0 1 4.8-7.9 7.4 7.4 0 0 1 7.2 3.6',
    fedora: `${circle(12, 12, 9)}M15.5 8.2a2.8 2.8 0 0 0-3.5 2.7V17M9 13h5.5`,
    // A ball with horns.
    freebsd: `${circle(12, 14, 7.5)}M4.5 4c2.4 0 4 .9 5 2.6M19.5 4c-2.4 0-4 .9-5 2.6`,
    netbsd: 'M5 3l4 18M6 6c5-2 8 3 13 1v7c-5 2-8-3-11-1',
    nixos: 'M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9',
    // A puffed fish.
    openbsd: `${circle(11, 12, 6.5)}M17.5 12 22 8.5v7zM11 2.5v3M11 18.5v3M4 5l2 2M4 19l2-2`,
    // A hat.
    rhel: 'M2.5 15c4 3.5 15 4 19 1-.8-1-2-1.6-3.5-1.7L16 8c-1-2-3-1.2-4-.2C11 6.8 9 7 8 8.5L6.3 13c-1.8 0-3.2.8-3.8 2z',
    // A slope.
    rocky: `${circle(12, 12, 9)}M4.8 17.4 13 9.2l7 7M10.5 20.5l5-5`,
    // A small thing in a box.
    tiny: 'M4 4h16v16H4zM9.5 9.5h5v5h-5z',
    // Three people around a ring.
    ubuntu: `${circle(12, 12, 5)}${circle(4.5, 12, 1.6)}${circle(15.8, 5.6, 1.6)}${circle(15.8, 18.4, 1.6)}`,
    // A window with four panes.
    windows: 'M3 5.6 11 4.4v7H3zM13 4.1 21 3v8.4h-8zM3 13.2h8v7L3 19zM13 13.2h8V21l-8-1.1z',
  }),
);

/** Other names of the same. */
const alike = new Map([
  ['redhat', 'rhel'],
  ['archlinux', 'arch'],
  ['win', 'windows'],
]);

/** null: it has none. `family`: as osFamily gives it. */
export function osGlyph(family: string): string | null {
  const name = family.toLowerCase();
  const known = [alike.get(name) ?? name, name.split('-')[0] ?? ''];
  return known.map((one) => glyphs.get(one)).find((glyph) => glyph !== undefined) ?? null;
}
