/** Mantine in our own look: quiet, dense, hairlines, one accent. The colours themselves are in theme.css. */
import { createTheme, defaultVariantColorsResolver, type CSSVariablesResolver, type MantineColorsTuple, type VariantColorsResolver } from "@mantine/core";

const iris: MantineColorsTuple = [
  "#eef1ff", "#dce2fb", "#b8c3f5", "#92a3f0", "#7086ea", "#5a73e6", "#3451d1", "#2c46b8", "#253a9c", "#1b2d7f",
];

const SYSTEM = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif';
const MONO = 'ui-monospace, "SF Mono", SFMono-Regular, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** `quiet`: an icon that shows its frame on hover; `subtle`: a button that is only its words. Both follow theme.css. */
const variants: VariantColorsResolver = (input) => {
  const base = defaultVariantColorsResolver(input);
  if (input.variant === "quiet") {
    const color = input.color === "iris" ? "var(--accent)" : "var(--dim)";
    return { ...base, background: "transparent", hover: "var(--bg-hover)", color, hoverColor: "var(--text)", border: "1px solid transparent" };
  }
  if (input.variant === "subtle") return { ...base, hover: "var(--bg-hover)", color: "var(--accent)" };
  return base;
};

export const theme = createTheme({
  variantColorResolver: variants,
  primaryColor: "iris",
  colors: { iris },
  primaryShade: 6,
  fontFamily: SYSTEM,
  fontFamilyMonospace: MONO,
  fontSizes: { xs: "11px", sm: "12px", md: "13px", lg: "14px", xl: "18px" },
  lineHeights: { xs: "16px", sm: "16px", md: "20px", lg: "20px", xl: "24px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "3px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 350, closeDelay: 0, transitionProps: { duration: 80 }, withinPortal: true, fz: "sm", multiline: true, maw: 320 } },
    ActionIcon: { defaultProps: { variant: "quiet", color: "gray", size: 28 } },
    Button: { defaultProps: { size: "compact-md", variant: "default", fw: 500 } },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: "md", position: "bottom-end", withinPortal: true } },
    Popover: { defaultProps: { transitionProps: { duration: 80 }, shadow: "md" } },
    Modal: { defaultProps: { transitionProps: { duration: 100 }, overlayProps: { backgroundOpacity: 0.4 }, centered: true } },
    Input: { defaultProps: { size: "sm" } },
    Switch: { defaultProps: { size: "sm" } },
    SegmentedControl: { defaultProps: { size: "xs", transitionDuration: 0 } },
  },
});

const shared = {
  "--mantine-color-body": "var(--bg)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-bright": "var(--text)",
  "--mantine-color-dimmed": "var(--dim)",
  "--mantine-color-placeholder": "var(--dim)",
  "--mantine-color-default": "var(--bg-raised)",
  "--mantine-color-default-hover": "var(--bg-hover)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--line-strong)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-error": "var(--bad)",
  "--mantine-color-gray-light-color": "var(--dim)",
  "--mantine-color-gray-light-hover": "var(--bg-hover)",
};

/** Point Mantine's variables at ours, so that there is one place for colours. */
export const variables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });
