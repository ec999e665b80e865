// What the administration pages share.

import { createContext, useContext } from "react";
import { may, type User } from "../../api";
import { say } from "../../words";
import type { Organisation, Permission } from "../types";
import type { Loaded } from "./loaded";

export interface Admin {
  user: User;
  organisations: Loaded<Organisation[]>;
  phone: boolean;
  /** What is opened on this page, "" for nothing. */
  id: string;
  open(id: string): void;
  go(section: string, id?: string): void;
  jurisdiction(id: string): string;
}

export const AdminContext = createContext<Admin | null>(null);

export function useAdmin(): Admin {
  const admin = useContext(AdminContext);
  if (!admin) throw new Error("outside of the administration pages");
  return admin;
}

export function allowed(admin: Admin, p: Permission): boolean {
  return may(admin.user, p);
}

/** Whether rows of the organisation are the user's own to change; the server asks the same again. */
export function owns(user: User, organisation: string): boolean {
  return user.scope?.all === true || (user.scope?.organisation_ids ?? [user.organisation?.id ?? ""]).includes(organisation);
}

export function organisationOf(admin: Admin, id: string): Organisation | undefined {
  return admin.organisations.data?.find((o) => o.id === id);
}

export function organisationName(admin: Admin, id: string): string {
  const o = organisationOf(admin, id);
  if (o) return say(o.name);
  return admin.user.organisation?.id === id ? say(admin.user.organisation.name) : id;
}
