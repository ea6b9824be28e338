// Where an area of the page is, as CSS has it.
import type { CSSProperties } from 'react';
import type { Area } from './pane-layout.ts';

const percent = (part: number) => `${part * 100}%`;

export function styleOf({ left, top, width, height }: Area): CSSProperties {
  return { left: percent(left), top: percent(top), width: percent(width), height: percent(height) };
}
