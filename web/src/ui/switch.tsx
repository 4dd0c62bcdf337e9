export function Switch({ label, checked, onChange, disabled = false }: { label: string; checked: boolean; onChange: (checked: boolean) => void; disabled?: boolean }) {
  return (
    <button
      type="button" role="switch" aria-checked={checked} aria-label={label} disabled={disabled} onClick={() => onChange(!checked)}
      className="grid h-10 w-12 shrink-0 place-items-center rounded-lg disabled:opacity-50"
    >
      <span className={`flex h-6 w-11 items-center rounded-full border p-0.5 transition-colors duration-100 ${checked ? "border-accent bg-accent" : "border-line-strong bg-raised"}`}>
        <span className={`size-4.5 rounded-full transition-transform duration-100 ${checked ? "translate-x-4.5 bg-on-accent" : "bg-dim"}`} />
      </span>
    </button>
  );
}
