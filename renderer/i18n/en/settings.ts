// Words of the Settings page.
export const settings = {
  title: 'Settings',
  language: 'Language',
  languageSystem: 'As the system',
  theme: 'Theme',
  themeSystem: 'As the system',
  themeLight: 'Light',
  themeDark: 'Dark',
  look: 'Look',
  connection: 'Connection',
  connectedTo: 'Connected to {{label}}',
  keys: 'Keys',
  about: 'About',
  version: 'TT {{version}} on {{host}}',
} as const;
