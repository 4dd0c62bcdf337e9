// A text field with choices beneath it, by the ARIA combobox pattern: arrows choose, Enter takes,
// Escape closes. Used for search, suggestions, tags and the command palette.

import { Search, type LucideIcon } from "lucide-react";
import { useId, useRef, useState, type ReactNode, type Ref } from "react";

export type Option = { id: string; group?: string; label: ReactNode; hint?: ReactNode; picture?: ReactNode; act: () => void };

type ComboboxProps = {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
  options: Option[];
  /** Enter with nothing chosen. */
  onSubmit?: (text: string) => void;
  icon?: LucideIcon;
  inputRef?: Ref<HTMLInputElement>;
  /** The list is part of the page instead of floating under the field. */
  inline?: boolean;
  /** Enter takes the first choice even when none was stepped to. */
  firstByDefault?: boolean;
  note?: ReactNode;
  trailing?: ReactNode;
  autoFocus?: boolean;
  className?: string;
};

export function Combobox(props: ComboboxProps) {
  const { options, onSubmit, icon: Icon = Search, inline = false, firstByDefault = false } = props;
  const [open, setOpen] = useState(false);
  const [cursor, setCursor] = useState(firstByDefault ? 0 : -1);
  const root = useRef<HTMLDivElement>(null);
  const listId = useId();
  const shown = inline || (open && (options.length > 0 || props.note !== undefined));
  const chosen = Math.min(cursor, options.length - 1);

  const take = (option: Option) => {
    setOpen(false);
    setCursor(firstByDefault ? 0 : -1);
    option.act();
  };
  const step = (by: number) => {
    const next = (chosen + by + options.length + (chosen < 0 && by < 0 ? 1 : 0)) % Math.max(1, options.length);
    setOpen(true);
    setCursor(next);
    document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (options.length > 0) step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = shown ? options[chosen] : undefined;
      if (option) return take(option);
      setOpen(false);
      onSubmit?.(props.value);
    } else if (event.key === "Escape" && !inline) {
      event.stopPropagation();
      if (shown) setOpen(false);
      else if (props.value) props.onChange("");
      else event.currentTarget.blur();
    }
  };
  const closeWhenLeft = (event: React.FocusEvent) => {
    if (!root.current?.contains(event.relatedTarget)) setOpen(false);
  };

  const list = shown && (
    <div
      id={listId} role="listbox" aria-label={props.label}
      className={inline
        ? "scroll-quiet min-h-0 flex-1 overflow-y-auto border-t border-line p-2"
        : "scroll-quiet absolute inset-x-0 top-full z-40 mt-1.5 max-h-[70dvh] overflow-y-auto rounded-xl border border-line bg-surface p-1.5 shadow-float"}
      onMouseDown={(event) => event.preventDefault()}
    >
      {options.map((option, index) => (
        <OptionRow key={option.id} option={option} id={`${listId}-${index}`} chosen={index === chosen}
          showGroup={option.group !== undefined && option.group !== options[index - 1]?.group}
          onHover={() => setCursor(index)} onTake={() => take(option)} />
      ))}
      {props.note && <div className="px-3 py-2 text-sm text-dim">{props.note}</div>}
    </div>
  );
  return (
    <div ref={root} className={`relative ${inline ? "flex min-h-0 flex-col" : ""} ${props.className ?? ""}`} onBlur={closeWhenLeft}>
      <div className="relative flex items-center">
        <Icon size={17} aria-hidden="true" className="pointer-events-none absolute left-3 text-faint" />
        <input
          ref={props.inputRef} type="text" role="combobox" aria-label={props.label} aria-expanded={Boolean(shown)} aria-controls={listId} aria-autocomplete="list"
          aria-activedescendant={shown && chosen >= 0 ? `${listId}-${chosen}` : undefined}
          autoComplete="off" spellCheck={false} autoFocus={props.autoFocus} placeholder={props.placeholder} value={props.value}
          onChange={(event) => { props.onChange(event.target.value); setOpen(true); setCursor(firstByDefault ? 0 : -1); }}
          onFocus={() => setOpen(true)} onClick={() => setOpen(true)} onKeyDown={onKeyDown}
          className={inline ? "min-h-13 w-full bg-transparent pr-4 pl-10 outline-none!" : "field pr-10 pl-10"}
        />
        {props.trailing && <span className="absolute right-2">{props.trailing}</span>}
      </div>
      {list}
    </div>
  );
}

type RowProps = { option: Option; id: string; chosen: boolean; showGroup: boolean; onHover: () => void; onTake: () => void };

function OptionRow({ option, id, chosen, showGroup, onHover, onTake }: RowProps) {
  return (
    <>
      {showGroup && <div role="presentation" className="px-3 pt-2.5 pb-1 text-xs font-semibold text-faint">{option.group}</div>}
      <div
        id={id} role="option" aria-selected={chosen} onMouseMove={onHover} onClick={onTake}
        className={`flex min-h-10 cursor-pointer items-center gap-3 rounded-lg px-3 py-1.5 ${chosen ? "bg-raised" : ""}`}
      >
        {option.picture}
        <span className="min-w-0 flex-1 truncate">{option.label}</span>
        {option.hint && <span className="shrink-0 text-sm text-faint">{option.hint}</span>}
      </div>
    </>
  );
}
