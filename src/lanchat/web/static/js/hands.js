// Whose hands are up, pure: the part of the state that everybody is told of.

/**
 * These hands are up, first come first; or of many, these were raised and those lowered.
 * @type {Reducer<"handsChanged">}
 */
export function handsChanged(state, { hands, raised = [], lowered = [] }) {
  if (hands !== undefined) return { ...state, hands };
  const changed = new Set([...lowered, ...raised.map(({ id }) => id)]);
  const all = [...state.hands.filter(({ id }) => !changed.has(id)), ...raised];
  return {
    ...state,
    hands: all.sort((a, b) => (a.since < b.since ? -1 : Number(a.since > b.since))),
  };
}

/**
 * The hands without those of who has left.
 * @param {State["hands"]} hands
 * @param {ReadonlySet<string>} gone
 */
export function handsWithout(hands, gone) {
  return hands.some(({ id }) => gone.has(id)) ? hands.filter(({ id }) => !gone.has(id)) : hands;
}

/**
 * The people whose hands are up, by the names that they have now.
 * @param {Pick<State, "hands" | "members">} state
 */
export function peopleOf({ hands, members }) {
  const names = new Map(members.map(({ id, name }) => [id, name]));
  return hands.map(({ id, user, since }) => ({ id, name: names.get(id) ?? user, since }));
}
