import { useEffect, useRef, useState, type RefObject } from "react";

/** Whether an element has come into view, or nearly: what it needs is fetched then. */
export function useSeen<T extends Element>(): [RefObject<T | null>, boolean] {
  const ref = useRef<T>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true), { rootMargin: "200px" });
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, []);
  return [ref, seen];
}
