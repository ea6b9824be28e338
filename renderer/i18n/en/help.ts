// Words of the help: the user guide inside the window.
export const help = {
  title: 'Help',
  search: 'Search the user guide',
  searchHint: 'Words in any order',
  contents: 'Contents',
  found_one: '{{count}} section found',
  found_other: '{{count}} sections found',
  nothingFound: 'No section has “{{query}}”.',
} as const;
