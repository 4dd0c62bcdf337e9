// What the address holds, for controls that change it: they follow at once, before the router, which may take
// its time, has drawn the new address. Else a check box would spring back for a moment. A change that comes
// when the page is being left already (typed words settle late) is dropped: it would lead back.

import { useCallback, useEffect, useState } from "react";
import { useLocation, useSearchParams, type NavigateOptions } from "react-router";

export function useAddress(): [URLSearchParams, (next: URLSearchParams, options?: NavigateOptions) => void] {
  const [parameters, setParameters] = useSearchParams();
  const [shown, setShown] = useState(parameters);
  useEffect(() => setShown(parameters), [parameters]);
  const { pathname } = useLocation();
  const change = useCallback((next: URLSearchParams, options?: NavigateOptions) => {
    if (window.location.pathname !== pathname) return;
    setShown(next);
    setParameters(next, options);
  }, [setParameters, pathname]);
  return [shown, change];
}
