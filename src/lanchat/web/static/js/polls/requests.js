// What is asked of the server about polls, as docs/protocol.md has it.

/**
 * @param {number} id
 * @param {number | null} option
 * @returns {Wire.Request<"vote">}
 */
export function voteRequest(id, option) {
  return ["vote", { id, option }];
}

/**
 * @param {string} client_id
 * @param {Pick<Poll, "question" | "options">} poll
 * @param {string} room
 * @returns {Wire.Request<"new_message">}
 */
export function pollRequest(client_id, poll, room) {
  return ["new_message", { client_id, poll, room }];
}

/**
 * @param {number} id
 * @returns {Wire.Request<"close_poll">}
 */
export function closePollRequest(id) {
  return ["close_poll", { id }];
}
