import { useEffect, useState } from "preact/hooks";

/** The time that "today" is reckoned from; another one after each midnight. */
export function useToday(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const next = new Date(now);
    next.setHours(24, 0, 1, 0);
    const timer = setTimeout(() => setNow(Date.now()), next.getTime() - Date.now());
    return () => clearTimeout(timer);
  }, [now]);
  return now;
}
