// How many screens stand side by side: as large as they can be while all are in sight, but never smaller than can be read.

/** Width to height of a screen, as most guests have it. */
const SCREEN_RATIO = 4 / 3;
export const TILE_FOOT_PX = 30;
export const TILE_GAP_PX = 8;
export const LEAST_TILE_PX = 180;

export interface WallLayout {
  columns: number;
  /** Of a tile with its foot, in px. */
  tileHeight: number;
}

/** For `count` tiles in an area of so many px. If not all can be read there, the wall scrolls. */
export function wallLayout(count: number, width: number, height: number): WallLayout {
  const most = Math.max(1, Math.floor((width + TILE_GAP_PX) / (LEAST_TILE_PX + TILE_GAP_PX)));
  let best = { columns: most, screen: LEAST_TILE_PX - 1, tileHeight: heightOf(share(width, most)) };
  for (let columns = 1; columns <= Math.min(most, Math.max(1, count)); columns++) {
    const tileWidth = share(width, columns);
    const tileHeight = Math.min(Math.floor(share(height, Math.ceil(count / columns))), heightOf(tileWidth));
    const screen = Math.min(tileWidth, (tileHeight - TILE_FOOT_PX) * SCREEN_RATIO);
    if (screen > best.screen) best = { columns, screen, tileHeight };
  }
  return { columns: best.columns, tileHeight: best.tileHeight };
}

/** Of `whole`, for each of `count` with gaps between. */
function share(whole: number, count: number): number {
  return (whole - (count - 1) * TILE_GAP_PX) / Math.max(1, count);
}

function heightOf(tileWidth: number): number {
  return Math.max(1, Math.round(tileWidth / SCREEN_RATIO)) + TILE_FOOT_PX;
}
