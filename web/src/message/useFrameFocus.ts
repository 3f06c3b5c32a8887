import { useEffect, useRef, useState } from "react";

/** Whether the keys go to the frame, which swallows them, and how to take them back. */
export function useFrameFocus() {
  const frame = useRef<HTMLIFrameElement>(null);
  const [holds, setHolds] = useState(false);
  useEffect(() => {
    const look = () => setHolds(document.activeElement !== null && document.activeElement === frame.current);
    const later = () => setTimeout(look, 0); // the focus moves after the event
    window.addEventListener("blur", later);
    window.addEventListener("focus", later);
    document.addEventListener("focusin", later);
    // A click on what cannot take the focus leaves it in the frame; take it back by hand.
    const click = (event: PointerEvent) => {
      if (document.activeElement === frame.current && event.target !== frame.current) frame.current?.blur();
      later();
    };
    document.addEventListener("pointerdown", click);
    return () => {
      window.removeEventListener("blur", later);
      window.removeEventListener("focus", later);
      document.removeEventListener("focusin", later);
      document.removeEventListener("pointerdown", click);
    };
  }, []);
  const release = () => {
    frame.current?.blur();
    window.focus();
    setHolds(false);
  };
  return { frame, holds, release };
}
