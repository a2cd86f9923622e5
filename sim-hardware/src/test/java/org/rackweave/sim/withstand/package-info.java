/**
 * What the product must withstand, tried on the built distribution: its own scripts, each daemon a process of an ordinary
 * user, real sockets, real files, real signals.
 *
 * <p><b>Invariant:</b> a test here looks at a daemon only from outside: what it says, what it answers, what it leaves on the
 * disk. Every process ends and every file is gone when its {@link org.rackweave.sim.withstand.TrialRack} is closed.
 */
package org.rackweave.sim.withstand;
