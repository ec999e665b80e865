export function Logo() {
  return (
    <svg className="logo" width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" aria-hidden="true">
      <path d="M6.5 4.5h5M4.5 9h9M2.5 13.5h13" />
    </svg>
  );
}
