import { useEffect, useState } from "react";

/** True once `waiting` has lasted longer than people notice: nothing spins under 150 ms. */
export function useLate(waiting: boolean, pause_ms = 150): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!waiting) return setLate(false);
    const timer = setTimeout(() => setLate(true), pause_ms);
    return () => clearTimeout(timer);
  }, [waiting, pause_ms]);
  return waiting && late;
}
