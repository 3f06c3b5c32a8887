import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { Router } from "wouter";
import { useSettings } from "../settings/store";
import { useMedia } from "../ui/media";
import { Frame } from "./Frame";
import { nonce } from "./nonce";
import { BASE } from "./place";
import { queries } from "./state";
import { theme, variables } from "./theme";

export function App() {
  const choice = useSettings().theme;
  const dark = useMedia("(prefers-color-scheme: dark)");
  const scheme = choice === "auto" ? (dark ? "dark" : "light") : choice;
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} forceColorScheme={scheme} getStyleNonce={nonce}>
      <QueryClientProvider client={queries}>
        <Router base={BASE}>
          <Frame />
        </Router>
      </QueryClientProvider>
    </MantineProvider>
  );
}
