// What one has just chosen in polls, pure: shown until the server has answered, which has said before
// what holds.

/** @type {Reducer<"voteChosen">} */
export function voteChosen(state, { id, option }) {
  return { ...state, voting: { ...state.voting, [id]: option } };
}

/**
 * Whoever has chosen another option meanwhile waits for that one's answer.
 * @type {Reducer<"voteSettled">}
 */
export function voteSettled(state, { id, option }) {
  if (state.voting[id] !== option) return state;
  const { [id]: _settled, ...voting } = state.voting;
  return { ...state, voting };
}
