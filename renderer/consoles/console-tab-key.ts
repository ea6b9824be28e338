// Which keys, with Ctrl-Shift, are the tabs of a console (`KeyboardEvent.code`): what draws a guest must leave them to the page.
export const TAB_KEY = /^Digit([1-9])$/;
