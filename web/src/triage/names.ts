// Names of the people and organisations that alerts mention by id. Read when the first alert needs them, and again when one
// is not known, at most every five minutes; until then, and for those whom this user may not read, the id stands.

import { fetchNames, type User } from "../api";
import { useDesk } from "../console/desk";
import { useObservable } from "../hooks";
import { Observable } from "../picture/observable";
import type { Text } from "../vocabulary";
import { say } from "../words";

const AGAIN_MS = 5 * 60_000;

export interface Known {
  people: ReadonlyMap<string, string>;
  organisations: ReadonlyMap<string, Text>;
}

export class Names extends Observable<Known> {
  private readAt = -Infinity;

  constructor(private readonly user: User) {
    const own = user.organisation;
    super({ people: new Map(user.username ? [[user.username, user.name]] : []), organisations: new Map(own ? [[own.id, own.name]] : []) });
  }

  /** Somebody is mentioned who is not known yet. */
  want(now: number): void {
    if (now - this.readAt < AGAIN_MS) return;
    this.readAt = now;
    fetchNames(this.user).then(
      ({ people, organisations }) => {
        const before = this.get();
        this.set({
          people: new Map([...before.people, ...people.map((p) => [p.username, p.display_name || p.username] as const)]),
          organisations: new Map([...before.organisations, ...organisations.map((o) => [o.id, o.name] as const)]),
        });
      },
      () => undefined, // ids stand; asked again later
    );
  }
}

/** Words for a user name, an organisation, a jurisdiction. */
export function useNames(): { person(username: string): string; organisation(id: string): string; jurisdiction(id: string): string } {
  const desk = useDesk();
  const known = useObservable(desk.names);
  const region = useObservable(desk.region);
  const unknown = (): void => queueMicrotask(() => desk.names.want(performance.now()));
  return {
    person(username) {
      if (username && !known.people.has(username)) unknown();
      return known.people.get(username) || username;
    },
    organisation(id) {
      if (id && !known.organisations.has(id)) unknown();
      return say(known.organisations.get(id)) || id;
    },
    jurisdiction: (id) => say(region.jurisdictions.find((j) => j.id === id)?.name) || id,
  };
}
