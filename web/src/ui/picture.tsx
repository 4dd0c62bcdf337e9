// A picture in a box of fixed shape. Until it arrives, and when there is none, the box shows a quiet
// colour of its own, so nothing moves and no two neighbours look alike.

import { Film, type LucideIcon } from "lucide-react";
import { memo, useEffect, useState } from "react";

export function hueOf(text: string): number {
  let hash = 7;
  for (let index = 0; index < text.length; index += 1) hash = (hash * 31 + text.charCodeAt(index)) % 360;
  return hash;
}

/** A thumbnail may still be in the making: it is asked for once more a little later. */
const askAgainMs = 5000;

type PictureProps = { url: string | null; seed: string; icon?: LucideIcon; className?: string; eager?: boolean; iconSize?: number };

export const Picture = memo(function Picture({ url, seed, icon: Icon = Film, className = "", eager = false, iconSize = 28 }: PictureProps) {
  const [state, setState] = useState<{ url: string | null; is: "waiting" | "shown" | "broken"; tries: number }>({ url, is: "waiting", tries: 0 });
  const { is, tries } = state.url === url ? state : { is: "waiting", tries: 0 };
  useEffect(() => {
    if (is !== "broken" || tries > 0) return;
    const timer = setTimeout(() => setState({ url, is: "waiting", tries: 1 }), askAgainMs);
    return () => clearTimeout(timer);
  }, [url, is, tries]);
  const hue = hueOf(seed);
  return (
    <div
      className={`relative grid place-items-center overflow-hidden bg-raised ${className}`}
      style={{ backgroundImage: `linear-gradient(140deg, oklch(0.36 0.05 ${hue}), oklch(0.24 0.03 ${(hue + 50) % 360}))` }}
    >
      {(url === null || is === "broken") && <Icon size={iconSize} aria-hidden="true" className="text-white/55" />}
      {url !== null && is !== "broken" && (
        <img
          src={url} alt="" loading={eager ? "eager" : "lazy"} decoding="async" draggable={false}
          onLoad={() => setState({ url, is: "shown", tries })} onError={() => setState({ url, is: "broken", tries })}
          className={`absolute inset-0 size-full object-cover transition-opacity duration-150 ${is === "shown" ? "opacity-100" : "opacity-0"}`}
        />
      )}
    </div>
  );
});
