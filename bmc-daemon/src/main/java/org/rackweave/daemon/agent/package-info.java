/**
 * The reference host agent: a program of its own that runs on the server, observes the orders of its card, and does to real
 * processes and cgroups what they say.
 *
 * <p>Invariant: it keeps nothing that it could read from the machine, so it may die and come back at any moment.
 */
@NullMarked
package org.rackweave.daemon.agent;

import org.jspecify.annotations.NullMarked;
