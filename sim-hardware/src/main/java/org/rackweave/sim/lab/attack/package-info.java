/**
 * Plays the adversary against a rehearsal rack that runs: outsiders, holders of the group key, members that lie, wrong roles; one row an
 * attack, with what is to come of it and what did.
 *
 * <p><b>Invariant:</b> what a row knows is what its kind of attacker would have. Judging is done by an operator's identity, whose
 * counters are read before and after.
 */
@NullMarked
package org.rackweave.sim.lab.attack;

import org.jspecify.annotations.NullMarked;
