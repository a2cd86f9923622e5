/**
 * Who is in the rack, as one node sees it: a deterministic state machine that is told what was heard and what time it
 * is, and says what to send, whom to probe and what has changed. It steers new loans only; loans that exist depend on
 * their renewals alone.
 *
 * <p>{@link org.rackweave.protocol.membership.Membership} is the machine, {@link
 * org.rackweave.protocol.membership.Liveness} the table of its states.
 *
 * <p><b>Invariant:</b> no clock, thread, socket or random source of its own: the same events, times and jitter give
 * the same effects.
 */
@NullMarked
package org.rackweave.protocol.membership;

import org.jspecify.annotations.NullMarked;
