import { expect, it } from "vitest";
import { RECIPES } from "./recipes";

const plain = { host: "127.0.0.1", port: 2525, auth: false, tls: "none" };

it.each(RECIPES.map((recipe) => [recipe.name, recipe] as const))("%s names this host and port", (_, { code }) => {
  expect(code(plain)).toContain("127.0.0.1");
  expect(code(plain)).toContain("2525");
  expect(code(plain)).not.toMatch(/undefined|false,$/u);
});

it.each(RECIPES.filter(({ name }) => !["sendmail", "shell"].includes(name)).map((recipe) => [recipe.name, recipe] as const))("%s shows where a password goes", (_, { code }) => {
  expect(code({ ...plain, auth: true })).toMatch(/password/iu);
});
