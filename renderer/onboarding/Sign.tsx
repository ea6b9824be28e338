// The logo of TT: a screen with a timeline that turns back.
export function Sign({ size }: { size: number }) {
  return (
    <svg className="sign" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect x="2" y="4" width="28" height="21" rx="4" className="sign-screen" />
      <path d="M8 11h9M12.5 11v9M16 20h5.5a4.5 4.5 0 0 0 0-9H20" className="sign-line" />
      <path d="m18.5 17.5-2.5 2.5 2.5 2.5" className="sign-line" />
      <path d="M11 29h10" className="sign-foot" />
    </svg>
  );
}
