// 帮助的文字：窗口内的用户指南。
export const help = {
  title: '帮助',
  search: '搜索用户指南',
  searchHint: '任意顺序输入词语',
  contents: '目录',
  found_one: '找到 {{count}} 节',
  found_other: '找到 {{count}} 节',
  nothingFound: '没有包含“{{query}}”的章节。',
} as const;
