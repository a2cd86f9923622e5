/**
 * A simulated interposer: slices that are files, and host windows that are hard links to them, so that two real
 * processes can share, lose and be denied real bytes without any hardware that moves.
 *
 * <p>What a real switch keeps, the files keep: routes and their epochs outlive the daemon that set them, and the memory
 * outlives both. What really happens at surprise removal is that reads fail and writes go nowhere; here a host that
 * still has the window mapped gets a bus error, because its file was cut to nothing under it. Two things differ from
 * hardware, and neither is ever in the borrower's favour: the bytes at the fence are a copy (what a host writes while
 * the copy is made may or may not be in it), and memory here survives a loss of power that would clear DRAM.
 *
 * <p><b>Invariant:</b> a file that a host ever had a window to is never given to another host; after an unbind the slice
 * has a new file.
 */
@NullMarked
package org.rackweave.sim.interposer;

import org.jspecify.annotations.NullMarked;
