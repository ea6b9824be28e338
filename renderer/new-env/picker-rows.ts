// The images of the picker in the order of their families.
import type { Image } from '@tt/protocol';
import { osFamily } from '../images/os-family.ts';

export interface PickerRow {
  image: Image;
  /** The heading above it: its family, for the first of each. */
  family: string | null;
}

/** Families in the order of their first image, each in one piece. */
export function pickerRows(images: readonly Image[]): PickerRow[] {
  const families = Map.groupBy(images, ({ os }) => osFamily(os));
  return [...families].flatMap(([family, members]) =>
    members.map((image, index) => ({ image, family: index === 0 ? family : null })),
  );
}
