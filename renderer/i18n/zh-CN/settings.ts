// 设置页的文字。
export const settings = {
  title: '设置',
  language: '语言',
  languageSystem: '跟随系统',
  theme: '主题',
  themeSystem: '跟随系统',
  themeLight: '浅色',
  themeDark: '深色',
  look: '外观',
  connection: '连接',
  connectedTo: '已连接到 {{label}}',
  keys: '快捷键',
  about: '关于',
  version: 'TT {{version}}，主机 {{host}}',
} as const;
