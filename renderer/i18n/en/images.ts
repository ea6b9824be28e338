// Words of the Images page.
export const images = {
  title: 'Images',
  filter: 'Filter images',
  filterHint: 'tiny, or cent, ubuntu2004',
  empty: 'No image',
  emptyText: 'This agent knows no image and no recipe.',
  build: 'Build',
  buildAgain: 'Build again',
  buildOf: 'Build {{image}}',
  buildAgainOf: 'Build again: {{image}}',
  noMatch: 'No image matches “{{query}}”.',
  packages_one: 'from {{count}} package',
  packages_other: 'from {{count}} packages',
  login: 'Login {{user}}',
  loginEmpty: 'empty password',
  minimum: 'at least {{memory}} memory',
  columns: { name: 'Image', state: 'State', size: 'Size', needs: 'Needs', features: 'Features', login: 'Login' },
} as const;
