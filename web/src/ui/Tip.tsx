import { ActionIcon, Tooltip, type ActionIconProps } from "@mantine/core";
import type { ComponentPropsWithoutRef, ReactNode } from "react";

type Props = ActionIconProps & Omit<ComponentPropsWithoutRef<"button">, keyof ActionIconProps> & {
  label: string;
  keys?: string;
  children: ReactNode;
};

/** An icon button with its name as tooltip and for assistive programs. */
export function Tip({ label, keys, children, ...rest }: Props) {
  return (
    <Tooltip label={keys ? `${label} · ${keys}` : label}>
      <ActionIcon aria-label={label} {...rest}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
