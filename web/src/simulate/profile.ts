/** A domain profile as a form has it: rates in per cent, scenarios in a line. */
import type { Profile } from "../api/schema";
import { percentOf } from "./draft";

export type ProfileParts = Pick<Profile, "provider" | "bounce" | "defer"> & Partial<Pick<Profile, "bounces" | "deferrals">>;

export interface ProfileDraft {
  domain: string;
  provider: string;
  bounce: string;
  defer: string;
  bounces: string;
  deferrals: string;
}
export type ProfileErrors = Partial<Record<keyof ProfileDraft | "form", string>>;

export const BLANK_PROFILE: ProfileDraft = { domain: "", provider: "generic", bounce: "", defer: "", bounces: "", deferrals: "" };
const FIELDS = Object.keys(BLANK_PROFILE) as (keyof ProfileDraft)[];

export function profileDraft({ domain, provider, bounce, defer, bounces, deferrals }: Profile): ProfileDraft {
  const rate = (share: number): string => (share ? percentOf(share) : "");
  return { domain, provider, bounce: rate(bounce), defer: rate(defer), bounces: bounces.join(", "), deferrals: deferrals.join(", ") };
}

/** What a form says, or what is wrong with it; names without a value take the sandbox's own. */
export function profileOf(draft: ProfileDraft): { profile: ProfileParts | null; errors: ProfileErrors } {
  const errors: ProfileErrors = draft.domain.trim() ? {} : { domain: "A domain, or *. and a domain" };
  const rate = (name: "bounce" | "defer"): number => {
    const share = Number(draft[name].trim().replace(",", ".")) / 100;
    if (!(share >= 0 && share <= 1)) errors[name] = "From 0 to 100";
    return Number(share.toFixed(8));
  };
  const names = (text: string): string[] => text.split(/[\s,]+/u).filter(Boolean);
  const [bounces, deferrals] = [names(draft.bounces), names(draft.deferrals)];
  const profile = {
    provider: draft.provider,
    bounce: rate("bounce"),
    defer: rate("defer"),
    ...(bounces.length > 0 ? { bounces } : {}),
    ...(deferrals.length > 0 ? { deferrals } : {}),
  };
  return Object.keys(errors).length > 0 ? { profile: null, errors } : { profile, errors };
}

/** The reasons of a refused profile at its fields. */
export function profileErrors(problems: readonly { field: string; reason: string }[]): ProfileErrors {
  const errors: ProfileErrors = {};
  for (const { field, reason } of problems) {
    const name = FIELDS.find((one) => one === field);
    errors[name ?? "form"] ??= name ? reason : `${field}: ${reason}`;
  }
  return errors;
}

/** 5 % */
export const rateWords = (share: number): string => (share ? `${percentOf(share)} %` : "");
