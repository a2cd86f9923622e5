/**
 * Which group key a node seals with, which it believes under, when it makes a new one and whom it asks for one: a deterministic
 * state machine that is told what was heard and what time it is.
 *
 * <p>{@link org.rackweave.protocol.group.GroupKeys} is the machine.
 *
 * <p><b>Invariant:</b> no clock, thread, socket, disk or random source of its own: a key is drawn by whoever carries out
 * {@link org.rackweave.protocol.group.GroupEffect.Make}, and comes back as an event.
 */
@NullMarked
package org.rackweave.protocol.group;

import org.jspecify.annotations.NullMarked;
