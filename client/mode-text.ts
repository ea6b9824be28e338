// Permission bits of a file in a guest as people know them.

/** `-rw-r--r--` without the first character, as `ls` writes it. */
export function modeText(mode: number): string {
  const letters = ['r', 'w', 'x', 'r', 'w', 'x', 'r', 'w', 'x'].map((letter, index) =>
    mode & (0o400 >> index) ? letter : '-',
  );
  const special = (index: number, bit: number, letter: string) => {
    if (mode & bit) letters[index] = letters[index] === '-' ? letter.toUpperCase() : letter;
  };
  special(2, 0o4000, 's');
  special(5, 0o2000, 's');
  special(8, 0o1000, 't');
  return letters.join('');
}
