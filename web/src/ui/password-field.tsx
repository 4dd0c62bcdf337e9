import { Eye, EyeOff } from "lucide-react";
import { useId, useState } from "react";
import { t } from "../i18n";
import { IconButton } from "./basics";

type PasswordFieldProps = { label: string; name: string; autoComplete: string; value: string; onChange: (value: string) => void; hint?: string; autoFocus?: boolean };

export function PasswordField({ label, name, autoComplete, value, onChange, hint, autoFocus }: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">{label}</label>
      <div className="relative">
        <input
          id={id} name={name} type={shown ? "text" : "password"} autoComplete={autoComplete} autoFocus={autoFocus} value={value} required
          aria-describedby={hint ? `${id}-hint` : undefined} onChange={(event) => onChange(event.target.value)} className="field pr-11"
        />
        <IconButton label={t(shown ? "password.hide" : "password.show")} icon={shown ? EyeOff : Eye} onClick={() => setShown(!shown)} className="absolute! top-0 right-0" />
      </div>
      {hint && <p id={`${id}-hint`} className="mt-1 text-xs text-faint">{hint}</p>}
    </div>
  );
}
