// What the address holds, for controls that change it: they follow at once, before the router, which may take
// its time, has drawn the new address. Else a check box would spring back for a moment.

import { useCallback, useEffect, useState } from "react";
import { useSearchParams, type NavigateOptions } from "react-router";

export function useAddress(): [URLSearchParams, (next: URLSearchParams, options?: NavigateOptions) => void] {
  const [parameters, setParameters] = useSearchParams();
  const [shown, setShown] = useState(parameters);
  useEffect(() => setShown(parameters), [parameters]);
  const change = useCallback((next: URLSearchParams, options?: NavigateOptions) => {
    setShown(next);
    setParameters(next, options);
  }, [setParameters]);
  return [shown, change];
}
