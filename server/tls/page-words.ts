// The words of the pages about the authority of a server (authority-page.ts), as HTML.

export interface PageWords {
  title: string;
  why: string;
  compare: string;
  compareText: string;
  inWords: string;
  fetch: string;
  /** How each system or browser learns the authority. */
  ways: readonly { where: string; steps: string }[];
  key: string;
  keyText: string;
  apps: string;
  plainTitle: string;
  plainText: string;
  plainTrust: string;
}

const DEBIAN = `<code>sudo cp tt-ca.crt /usr/local/share/ca-certificates/ &amp;&amp; sudo update-ca-certificates</code>`;
const CHROME_LINUX = `<code>certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n TT -i tt-ca.crt</code>`;
const WINDOWS = `<code>certutil -user -addstore Root tt-ca.crt</code>`;
const MACOS = `<code>security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db tt-ca.crt</code>`;

export const pageWords = {
  en: {
    title: 'The certificate authority of this TT server',
    why: 'This server signs its certificate by an authority of its own, so your browser warns. It stops once it knows that authority.',
    compare: '1. Compare',
    compareText:
      'Whoever sits between you and the server could show you another page. Ask the administrator, by another way than this page, for what <code>tt status</code> shows on the server. Go on only if it is the same: digits or words, either is enough.',
    inWords: 'The same in words, English or Chinese',
    fetch: '2. Import',
    ways: [
      {
        where: 'Windows: Chrome, Edge',
        steps: `Open the file, “Install Certificate”, “Current User”, “Trusted Root Certification Authorities”; or ${WINDOWS}`,
      },
      {
        where: 'Firefox, on every system',
        steps:
          'Settings, “Privacy &amp; Security”, “View Certificates”, “Authorities”, “Import”; choose the file and tick “Trust this CA to identify websites”.',
      },
      { where: 'macOS: Safari, Chrome', steps: `Open the file with Keychain Access, then “Always Trust”; or ${MACOS}` },
      { where: 'Debian, Ubuntu: curl and other programs', steps: DEBIAN },
      { where: 'Chrome on Linux', steps: `${CHROME_LINUX} (package libnss3-tools)` },
    ],
    key: 'What you trust then',
    keyText:
      'The private key of this authority never leaves the server. Whoever has it can pretend to be any website to a browser that has imported it, so remove it from your browser when you no longer use this server.',
    apps: 'The desktop app and <code>tt</code> need none of this: join links carry the fingerprint, and they accept this server alone by it.',
    plainTitle: 'This server speaks HTTPS only',
    plainText: 'Nothing was sent. Use this address:',
    plainTrust: 'If your browser does not trust it yet, this page says what to compare and to import:',
  },
  'zh-CN': {
    title: '此 TT 服务器的证书颁发机构',
    why: '此服务器的证书由它自己的颁发机构签发，所以浏览器会发出警告。浏览器信任该颁发机构后就不再警告。',
    compare: '1. 比较',
    compareText:
      '介于您与服务器之间的人可能向您显示另一个页面。请通过其他途径向管理员询问服务器上“<code>tt status</code>”显示的内容。仅在两者相同时继续：数字或词语，任一相同即可。',
    inWords: '用词语表示的同一指纹（英文或中文）',
    fetch: '2. 导入',
    ways: [
      {
        where: 'Windows：Chrome、Edge',
        steps: `打开文件，选择“安装证书”、“当前用户”、“受信任的根证书颁发机构”；或运行 ${WINDOWS}`,
      },
      {
        where: 'Firefox（所有系统）',
        steps:
          '“设置”、“隐私与安全”、“查看证书”、“证书颁发机构”、“导入”；选择文件并勾选“信任由此证书颁发机构来标识网站”。',
      },
      { where: 'macOS：Safari、Chrome', steps: `用“钥匙串访问”打开文件，选择“始终信任”；或运行 ${MACOS}` },
      { where: 'Debian、Ubuntu：curl 等程序', steps: DEBIAN },
      { where: 'Linux 上的 Chrome', steps: `${CHROME_LINUX}（软件包 libnss3-tools）` },
    ],
    key: '信任意味着什么',
    keyText:
      '此颁发机构的私钥从不离开服务器。得到它的人可以向导入了它的浏览器冒充任何网站，因此不再使用此服务器时，请将其从浏览器中删除。',
    apps: '桌面应用和 <code>tt</code> 不需要这些：加入链接中带有指纹，它们据此只信任这一台服务器。',
    plainTitle: '此服务器仅使用 HTTPS',
    plainText: '没有发送任何内容。请使用此地址：',
    plainTrust: '如果浏览器尚未信任它，此页面说明需要比较和导入的内容：',
  },
} as const satisfies Record<string, PageWords>;
export type PageLanguage = keyof typeof pageWords;
